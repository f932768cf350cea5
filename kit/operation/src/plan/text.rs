//! The text of a plan: stable, with one fact per line, so that a change shows as the lines that changed. Writer and
//! parser are both here, so that each always understands the other.

use std::fmt;

/// Text of a plan, or of any revision of one, split into its lines.
///
/// ```
/// use operation::PlanText;
///
/// let text = "query Home of mobile\n\n  calls   1\n\nwave 1, over after 300 ms\n  calls   GetHome\n\n  HomeService/GetHome\n    keys    1\n";
/// let plan = PlanText::parse(text);
/// assert_eq!(plan.totals[0].value, "1");
/// assert_eq!(plan.parts[0].sections[0].rpc, "HomeService/GetHome");
/// assert_eq!(plan.to_string(), text);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanText {
    /// Kind and name of the operation, and its client: `query Home of mobile`.
    pub title: String,
    /// Lines of the summary.
    pub totals: Vec<PlanLine>,
    /// Waves, calls that nobody waits for, and the failure table.
    pub parts: Vec<PlanPart>,
}

/// A wave, the calls that nobody waits for, or the failure table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanPart {
    /// First line of the part.
    pub heading: String,
    /// Lines about all of its sections.
    pub summary: Vec<PlanLine>,
    /// Sections, one for each call or for each RPC that may fail.
    pub sections: Vec<PlanSection>,
}

/// Lines about one call, or about the failure of one RPC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanSection {
    /// The RPC without its package: `CartService/GetCart`.
    pub rpc: String,
    /// Lines of the section.
    pub lines: Vec<PlanLine>,
}

/// A named fact. A line without a name continues the line before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanLine {
    /// Name of the fact, such as `reads`.
    pub name: String,
    /// The fact.
    pub value: String,
}

/// First words of the failure table.
const FAILURES: &str = "failures";

/// Widths of the name column: in general, and in the sections of the failure table.
const COLUMNS: [usize; 2] = [7, 14];

impl PlanLine {
    pub(super) fn new(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into() }
    }

    fn write(&self, formatter: &mut fmt::Formatter<'_>, indent: usize, columns: usize) -> fmt::Result {
        writeln!(formatter, "{:indent$}{:<columns$} {}", "", self.name, self.value)
    }

    fn parse(text: &str, columns: usize) -> Self {
        let at = text.char_indices().nth(columns).map_or(text.len(), |(at, _)| at);
        Self { name: text[..at].trim().to_owned(), value: text[at..].trim().to_owned() }
    }
}

impl PlanPart {
    /// Starts the failure table, with the codes of its legend.
    pub(super) fn failures(legend: &str) -> Self {
        Self { heading: format!("{FAILURES}: {legend}"), ..Self::default() }
    }

    /// Returns true if this is the failure table.
    #[must_use]
    pub fn is_failures(&self) -> bool {
        self.heading.starts_with(FAILURES)
    }

    /// Returns the lines of a section as text, each with its name: a line that continues another has that one's.
    #[must_use]
    pub fn named_lines(&self, section: &PlanSection) -> Vec<String> {
        let (mut name, columns) = ("", self.columns());
        let lines = section.lines.iter().map(|line| {
            name = if line.name.is_empty() { name } else { &line.name };
            format!("{name:<columns$} {}", line.value)
        });
        lines.collect()
    }

    fn columns(&self) -> usize {
        COLUMNS[usize::from(self.is_failures())]
    }
}

impl PlanText {
    /// Parses the text of a plan. Unknown lines are kept where they fit best, since an older revision may say more.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let mut plan = Self { title: lines.next().unwrap_or_default().to_owned(), ..Self::default() };
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let said = line.trim_start();
            let indent = line.len() - said.len();
            match (plan.parts.last_mut(), indent) {
                (_, 0) => plan.parts.push(PlanPart { heading: said.to_owned(), ..PlanPart::default() }),
                (None, _) => plan.totals.push(PlanLine::parse(&line[indent.min(2)..], COLUMNS[0])),
                (Some(part), 2) if said.contains(' ') => part.summary.push(PlanLine::parse(said, COLUMNS[0])),
                (Some(part), 2) => {
                    part.sections.push(PlanSection { rpc: said.to_owned(), lines: Vec::new() });
                }
                (Some(part), _) => {
                    let line = PlanLine::parse(&line[indent.min(4)..], part.columns());
                    match part.sections.last_mut() {
                        Some(section) => section.lines.push(line),
                        None => part.summary.push(line),
                    }
                }
            }
        }
        plan
    }
}

impl fmt::Display for PlanText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\n\n", self.title)?;
        self.totals.iter().try_for_each(|line| line.write(formatter, 2, COLUMNS[0]))?;
        for part in &self.parts {
            write!(formatter, "\n{}\n", part.heading)?;
            part.summary.iter().try_for_each(|line| line.write(formatter, 2, COLUMNS[0]))?;
            for section in &part.sections {
                write!(formatter, "\n  {}\n", section.rpc)?;
                section.lines.iter().try_for_each(|line| line.write(formatter, 4, part.columns()))?;
            }
        }
        Ok(())
    }
}
