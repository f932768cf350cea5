//! Parser from text to a [`Document`], by the grammar of the GraphQL specification (September 2025).
//!
//! The parser is the project's own, because that of async-graphql misreads some texts, fails on others that are valid,
//! and drops facts that validation needs (positions within values, numbers as written, operations and fields that
//! occur twice).

mod lexer;
mod strings;

use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types::{BaseType, OperationType, Type};

use super::document::{
    Argument, Directive, Document, Field, Fragment, InlineFragment, Literal, Operation, Selection,
    SelectionSet, Spread, Value, VariableDefinition,
};

pub(crate) use lexer::{Lexer, Token};

/// Maximum number of brackets open at once, which bounds the recursion of the parser.
pub(super) const MAX_BRACKETS: u64 = 64;

/// Syntax error in the text of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Position of the error.
    pub pos: Pos,
    /// Description of the error, in one sentence.
    pub problem: String,
}

type Parsed<T> = Result<T, SyntaxError>;

/// Parses a document. Takes time in proportion to the length of the text.
pub fn parse(text: &str) -> Parsed<Document> {
    let mut lexer = Lexer::new(text);
    let (token, pos) = lexer.next()?;
    let mut parser = Parser { lexer, token, pos, open: 0 };
    let (mut operations, mut fragments) = (Vec::new(), Vec::new());
    loop {
        parser.definition(&mut operations, &mut fragments)?;
        if parser.token == Token::End {
            return Ok(Document::new(operations, fragments));
        }
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// Next token; `pos` is its position.
    token: Token<'a>,
    pos: Pos,
    /// Number of open brackets.
    open: u64,
}

impl Parser<'_> {
    fn definition(&mut self, operations: &mut Vec<Operation>, fragments: &mut Vec<Fragment>) -> Parsed<()> {
        let pos = self.pos;
        if self.token == Token::Punctuator(b'{') {
            let selections = self.selection_set()?;
            let (name, variables, directives) = (None, Vec::new(), Vec::new());
            operations.push(Operation {
                pos,
                ty: OperationType::Query,
                name,
                variables,
                directives,
                selections,
            });
            return Ok(());
        }
        let described = self.description()?;
        let ty = match self.token {
            Token::Name("query") => OperationType::Query,
            Token::Name("mutation") => OperationType::Mutation,
            Token::Name("subscription") => OperationType::Subscription,
            Token::Name("fragment") => {
                fragments.push(self.fragment(pos)?);
                return Ok(());
            }
            Token::Name(_) | Token::Punctuator(b'{') if described => {
                let problem = "only operations and fragments that begin with a word have a description.";
                return Err(SyntaxError { pos, problem: problem.to_owned() });
            }
            _ => return Err(self.unexpected("an operation or a fragment")),
        };
        self.advance()?;
        let name = match self.token {
            Token::Name(_) => Some(self.name()?),
            _ => None,
        };
        let variables = self.optional_many(b'(', b')', Self::variable_definition)?;
        let directives = self.directives(false)?;
        let selections = self.selection_set()?;
        operations.push(Operation { pos, ty, name, variables, directives, selections });
        Ok(())
    }

    fn fragment(&mut self, pos: Pos) -> Parsed<Fragment> {
        self.advance()?;
        if self.token == Token::Name("on") {
            return Err(self.unexpected("the name of a fragment"));
        }
        let name = self.name()?;
        if !self.takes(&Token::Name("on"))? {
            return Err(self.unexpected("`on`"));
        }
        let on = self.name()?;
        let directives = self.directives(false)?;
        let selections = self.selection_set()?;
        Ok(Fragment { pos, name, on, directives, selections })
    }

    /// Skips a description, which has no meaning for a server. Returns true if there is one.
    fn description(&mut self) -> Parsed<bool> {
        let described = matches!(self.token, Token::String { .. });
        if described {
            self.advance()?;
        }
        Ok(described)
    }

    fn variable_definition(&mut self) -> Parsed<VariableDefinition> {
        let pos = self.pos;
        self.description()?;
        let name = self.variable()?;
        self.expect(b':')?;
        let ty_pos = self.pos;
        let (ty, named_pos) = self.ty()?;
        let default = if self.takes(&Token::Punctuator(b'='))? { Some(self.value(true)?) } else { None };
        let directives = self.directives(true)?;
        Ok(VariableDefinition { pos, name, ty: Positioned::new(ty, ty_pos), named_pos, default, directives })
    }

    /// Parses a variable: `$` and its name.
    fn variable(&mut self) -> Parsed<Positioned<Name>> {
        self.expect(b'$')?;
        self.name()
    }

    /// Parses a type. Returns the type and the position of the name within it.
    fn ty(&mut self) -> Parsed<(Type, Pos)> {
        let (base, named_pos) = if self.token == Token::Punctuator(b'[') {
            self.open()?;
            let (item, named_pos) = self.ty()?;
            self.close(b']')?;
            (BaseType::List(Box::new(item)), named_pos)
        } else {
            let name = self.name()?;
            (BaseType::Named(name.node), name.pos)
        };
        let nullable = !self.takes(&Token::Punctuator(b'!'))?;
        Ok((Type { base, nullable }, named_pos))
    }

    fn selection_set(&mut self) -> Parsed<SelectionSet> {
        let pos = self.pos;
        let items = self.many(b'{', b'}', Self::selection)?;
        Ok(SelectionSet { pos, items })
    }

    fn selection(&mut self) -> Parsed<Selection> {
        let pos = self.pos;
        if !self.takes(&Token::Spread)? {
            return Ok(Selection::Field(self.field()?));
        }
        let on = match self.token {
            Token::Name("on") => {
                self.advance()?;
                Some(self.name()?)
            }
            Token::Name(_) => {
                let name = self.name()?;
                let directives = self.directives(false)?;
                return Ok(Selection::Spread(Spread { pos, name, directives }));
            }
            _ => None,
        };
        let directives = self.directives(false)?;
        let selections = self.selection_set()?;
        Ok(Selection::Inline(InlineFragment { pos, on, directives, selections }))
    }

    fn field(&mut self) -> Parsed<Field> {
        let pos = self.pos;
        let first = self.name()?;
        let aliased = self.takes(&Token::Punctuator(b':'))?;
        let (alias, name) = if aliased { (Some(first), self.name()?) } else { (None, first) };
        let arguments = self.optional_many(b'(', b')', |parser| parser.argument(false))?;
        let directives = self.directives(false)?;
        let selections = match self.token {
            Token::Punctuator(b'{') => Some(self.selection_set()?),
            _ => None,
        };
        Ok(Field { pos, alias, name, arguments, directives, selections })
    }

    fn directives(&mut self, constant: bool) -> Parsed<Vec<Directive>> {
        let mut directives = Vec::new();
        while self.token == Token::Punctuator(b'@') {
            let pos = self.pos;
            self.advance()?;
            let name = self.name()?;
            let arguments = self.optional_many(b'(', b')', |parser| parser.argument(constant))?;
            directives.push(Directive { pos, name, arguments });
        }
        Ok(directives)
    }

    /// Parses an argument, or a field of an object.
    fn argument(&mut self, constant: bool) -> Parsed<Argument> {
        let pos = self.pos;
        let name = self.name()?;
        self.expect(b':')?;
        Ok(Argument { pos, name, value: self.value(constant)? })
    }

    fn value(&mut self, constant: bool) -> Parsed<Value> {
        let pos = self.pos;
        let literal = match &mut self.token {
            Token::Punctuator(b'[') => Literal::List(self.any(b']', |parser| parser.value(constant))?),
            Token::Punctuator(b'{') => Literal::Object(self.any(b'}', |parser| parser.argument(constant))?),
            Token::Punctuator(b'$') => {
                if constant {
                    self.advance()?;
                    let problem = "a value that must be constant holds a variable.".to_owned();
                    return Err(SyntaxError { pos, problem });
                }
                Literal::Variable(self.variable()?.node)
            }
            Token::Int(text) => {
                let text = (*text).into();
                self.advance()?;
                Literal::Int(text)
            }
            Token::Float(text) => {
                let text = (*text).into();
                self.advance()?;
                Literal::Float(text)
            }
            Token::String { text, block } => {
                let (text, block) = (std::mem::take(text).into_owned(), *block);
                self.advance()?;
                Literal::String { text, block }
            }
            Token::Name(name) => {
                let literal = match *name {
                    "true" => Literal::Boolean(true),
                    "false" => Literal::Boolean(false),
                    "null" => Literal::Null,
                    name => Literal::Enum(Name::new(name)),
                };
                self.advance()?;
                literal
            }
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Value { pos, literal })
    }

    fn name(&mut self) -> Parsed<Positioned<Name>> {
        let Token::Name(name) = self.token else { return Err(self.unexpected("a name")) };
        let name = Positioned::new(Name::new(name), self.pos);
        self.advance()?;
        Ok(name)
    }

    /// Parses one or more items between brackets.
    fn many<T>(&mut self, open: u8, close: u8, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        if self.token != Token::Punctuator(open) {
            return Err(self.expected(open));
        }
        self.open()?;
        let mut items = Vec::new();
        loop {
            items.push(item(self)?);
            if self.token == Token::Punctuator(close) {
                self.close(close)?;
                return Ok(items);
            }
        }
    }

    /// Parses one or more items between brackets, or nothing if the next token is not the opening bracket.
    fn optional_many<T>(
        &mut self,
        open: u8,
        close: u8,
        item: impl Fn(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        if self.token == Token::Punctuator(open) { self.many(open, close, item) } else { Ok(Vec::new()) }
    }

    /// Parses any number of items between brackets. The next token must be the opening bracket.
    fn any<T>(&mut self, close: u8, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.open()?;
        let mut items = Vec::new();
        while self.token != Token::Punctuator(close) {
            items.push(item(self)?);
        }
        self.close(close)?;
        Ok(items)
    }

    fn open(&mut self) -> Parsed<()> {
        self.open += 1;
        if self.open > MAX_BRACKETS {
            let problem = format!("more than {MAX_BRACKETS} brackets are open at once.");
            return Err(SyntaxError { pos: self.pos, problem });
        }
        self.advance()
    }

    fn close(&mut self, bracket: u8) -> Parsed<()> {
        self.open -= 1;
        self.expect(bracket)
    }

    fn expect(&mut self, punctuator: u8) -> Parsed<()> {
        if self.takes(&Token::Punctuator(punctuator))? { Ok(()) } else { Err(self.expected(punctuator)) }
    }

    /// Consumes the next token if it equals this one. Returns true if so.
    fn takes(&mut self, token: &Token<'_>) -> Parsed<bool> {
        let takes = self.token == *token;
        if takes {
            self.advance()?;
        }
        Ok(takes)
    }

    fn advance(&mut self) -> Parsed<()> {
        (self.token, self.pos) = self.lexer.next()?;
        Ok(())
    }

    fn expected(&self, punctuator: u8) -> SyntaxError {
        self.unexpected(&format!("`{}`", char::from(punctuator)))
    }

    fn unexpected(&self, wanted: &str) -> SyntaxError {
        let found = match &self.token {
            Token::Punctuator(byte) => format!("`{}`", char::from(*byte)),
            Token::Spread => "`...`".to_owned(),
            Token::Name(text) | Token::Int(text) | Token::Float(text) => format!("\"{text}\""),
            Token::String { .. } => "a string".to_owned(),
            Token::End => "the end".to_owned(),
        };
        SyntaxError { pos: self.pos, problem: format!("{wanted} is missing before {found}.") }
    }
}

#[cfg(test)]
mod tests;
