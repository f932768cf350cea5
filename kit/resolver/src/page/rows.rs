//! The rows of a connection.

use async_graphql::connection::PageInfo;
use async_graphql::{ObjectType, OutputType};

use super::{Connection, Edge};
use crate::program::{At, Rows, Run, Shown, Written};

/// Fields of a connection; those of its page are behind them.
const CONNECTION: [&str; 3] = ["pageInfo", "edges", "nodes"];

const EDGE: [&str; 2] = ["cursor", "node"];

const PAGE_INFO: [&str; 4] = ["hasPreviousPage", "hasNextPage", "startCursor", "endCursor"];

/// Adds rows by the places of their fields. Returns false if they are there already.
fn add(rows: &mut Rows, type_name: &str, fields: &[&'static str]) -> bool {
    let begins = rows.begins(type_name);
    if begins {
        fields.iter().enumerate().for_each(|(row, field)| rows.add(type_name, field, row));
    }
    begins
}

impl<T: OutputType + Shown, F: ObjectType + Shown> Shown for Connection<T, F> {
    fn add_rows(rows: &mut Rows) {
        let name = <Self as OutputType>::type_name();
        if add(rows, &name, &CONNECTION) {
            PageInfo::add_rows(rows);
            Edge::<T>::add_rows(rows);
            F::add_rows(rows);
            rows.flatten(&F::type_name(), &name, CONNECTION.len());
        }
    }

    fn row(&self, row: usize, at: At<'_>, run: &mut Run<'_>) -> Written {
        match row {
            0 => run.read(at, |_| &self.page_info, |info, at, run| run.object(info, at)),
            1 => run.read(
                at,
                |_| &self.edges,
                |edges, at, run| run.list(edges, at, |it, at, run| run.object(it, at)),
            ),
            2 => {
                let nodes = self.edges.iter().map(|edge| &edge.node);
                run.read(
                    at,
                    |_| nodes,
                    |nodes, at, run| run.list(nodes, at, |it, at, run| run.object(it, at)),
                )
            }
            _ => self.fields.row(row - CONNECTION.len(), at, run),
        }
    }
}

impl<T: OutputType + Shown> Shown for Edge<T> {
    fn add_rows(rows: &mut Rows) {
        if add(rows, &<Self as OutputType>::type_name(), &EDGE) {
            T::add_rows(rows);
        }
    }

    fn row(&self, row: usize, at: At<'_>, run: &mut Run<'_>) -> Written {
        match row {
            0 => run.text(&self.cursor),
            1 => return run.read(at, |_| &self.node, |node, at, run| run.object(node, at)),
            _ => return run.no_row(at),
        }
        Ok(())
    }
}

impl Shown for PageInfo {
    fn add_rows(rows: &mut Rows) {
        add(rows, &<Self as OutputType>::type_name(), &PAGE_INFO);
    }

    fn row(&self, row: usize, at: At<'_>, run: &mut Run<'_>) -> Written {
        match row {
            0 => run.leaf(&self.has_previous_page),
            1 => run.leaf(&self.has_next_page),
            2 => run.leaf(&self.start_cursor),
            3 => run.leaf(&self.end_cursor),
            _ => return run.no_row(at),
        }
        Ok(())
    }
}
