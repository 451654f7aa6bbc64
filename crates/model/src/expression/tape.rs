//! Operations one after the other, with the place that each result goes to.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::number::{Function, Number};

/// An operation on two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`.
    Divide,
    /// `a ^ b`.
    Power,
    /// What division of `a` by `b` leaves.
    Remainder,
}

impl Operation {
    /// Its result.
    #[inline(always)]
    pub fn apply<N: Number>(self, a: N, b: N) -> N {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Power => a.power(b),
            Self::Remainder => a.remainder(b),
        }
    }

    /// Of each pair of some numbers: the choice is made once for all of them.
    #[inline(always)]
    pub fn of_each<N: Number, const COUNT: usize>(self, mut a: [N; COUNT], b: [N; COUNT]) -> [N; COUNT] {
        macro_rules! each {
            ($($operation:ident)*) => {
                match self {
                    $(Self::$operation => {
                        for (a, b) in a.iter_mut().zip(b) {
                            *a = Self::$operation.apply(*a, b);
                        }
                    })*
                }
            };
        }
        each!(Add Subtract Multiply Divide Power Remainder);
        a
    }
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand {
    /// It is known.
    Constant(f64),
    /// It is an argument.
    Argument(usize),
    /// It is the result of an earlier step; after [`Tape::new`] has laid out the registers, it is in this one.
    Register(usize),
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Work {
    /// A function of one number.
    Function(Function, Operand),
    /// An operation on two.
    Operation(Operation, Operand, Operand),
    /// The third where the first is less than the second, else the fourth.
    IfLess([Operand; 4]),
}

impl Work {
    fn operands(&self) -> Vec<Operand> {
        match self {
            Self::Function(_, a) => vec![*a],
            Self::Operation(_, a, b) => vec![*a, *b],
            Self::IfLess(operands) => operands.to_vec(),
        }
    }

    fn map(self, place: impl Fn(Operand) -> Operand) -> Self {
        match self {
            Self::Function(function, a) => Self::Function(function, place(a)),
            Self::Operation(operation, a, b) => Self::Operation(operation, place(a), place(b)),
            Self::IfLess(operands) => Self::IfLess(operands.map(place)),
        }
    }
}

/// A step and the register that its result goes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What is done.
    pub work: Work,
    /// Where the result is kept.
    pub register: usize,
}

/// The steps that lead to some results.
#[derive(Debug, Clone, PartialEq)]
pub struct Tape {
    /// In their order.
    pub steps: Vec<Step>,
    /// How many results are kept at the same time, at most.
    pub registers: usize,
    /// Where the results are at the end.
    pub results: Vec<Operand>,
}

impl Tape {
    /// The tape of what `formulas` does with so many arguments.
    pub fn new(arguments: usize, formulas: impl for<'tape> Fn(&[Recorded<'tape>]) -> Vec<Recorded<'tape>>) -> Self {
        let work = RefCell::new(Vec::new());
        let recorded = |argument| Recorded::Operand(&work, Operand::Argument(argument));
        let arguments: Vec<_> = (0..arguments).map(recorded).collect();
        let results = formulas(&arguments).into_iter().map(Recorded::operand).collect();
        lay_out(&work.borrow(), results)
    }

    /// Its results, computed with any number.
    pub fn results<N: Number>(&self, arguments: &[N]) -> Vec<N> {
        let mut registers = vec![N::constant(0.0); self.registers];
        for step in &self.steps {
            let of = |operand: Operand| read(operand, arguments, &registers);
            registers[step.register] = match step.work {
                Work::Function(function, a) => of(a).apply(function),
                Work::Operation(operation, a, b) => operation.apply(of(a), of(b)),
                Work::IfLess([a, b, then, otherwise]) => of(a).if_less(of(b), of(then), of(otherwise)),
            };
        }
        let results = self.results.iter();
        results.map(|result| read(*result, arguments, &registers)).collect()
    }
}

fn read<N: Number>(operand: Operand, arguments: &[N], registers: &[N]) -> N {
    match operand {
        Operand::Constant(value) => N::constant(value),
        Operand::Argument(argument) => arguments[argument],
        Operand::Register(register) => registers[register],
    }
}

/// Leaves out steps whose results nobody needs, and gives registers to the others that are free again after the last use.
fn lay_out(work: &[Work], results: Vec<Operand>) -> Tape {
    let mut last_use = vec![None; work.len()];
    for result in &results {
        if let Operand::Register(step) = result {
            last_use[*step] = Some(work.len());
        }
    }
    for (at, work) in work.iter().enumerate().rev() {
        for operand in work.operands() {
            if let (Operand::Register(step), Some(_)) = (operand, last_use[at]) {
                last_use[step] = last_use[step].max(Some(at));
            }
        }
    }
    let mut place: Vec<usize> = vec![0; work.len()];
    let (mut free, mut registers, mut steps) = (Vec::new(), 0, Vec::new());
    for (at, of) in work.iter().enumerate() {
        if last_use[at].is_none() {
            continue;
        }
        let register = free.pop().unwrap_or_else(|| {
            registers += 1;
            registers - 1
        });
        place[at] = register;
        let placed = of.map(|operand| move_to(operand, &place));
        steps.push(Step { work: placed, register });
        let mut ended: Vec<usize> = of
            .operands()
            .into_iter()
            .filter_map(|operand| match operand {
                Operand::Register(step) if last_use[step] == Some(at) => Some(place[step]),
                _ => None,
            })
            .collect();
        ended.sort_unstable();
        ended.dedup();
        free.extend(ended);
    }
    Tape {
        steps,
        registers,
        results: results.into_iter().map(|result| move_to(result, &place)).collect(),
    }
}

fn move_to(operand: Operand, place: &[usize]) -> Operand {
    match operand {
        Operand::Register(step) => Operand::Register(place[step]),
        other => other,
    }
}

/// The number that writes down what is done with it. Constants are computed at once, and what is written down already is
/// not written again.
#[derive(Clone, Copy)]
pub enum Recorded<'tape> {
    /// Known already.
    Constant(f64),
    /// On the tape.
    Operand(&'tape RefCell<Vec<Work>>, Operand),
}

impl Recorded<'_> {
    fn operand(self) -> Operand {
        match self {
            Self::Constant(value) => Operand::Constant(value),
            Self::Operand(_, operand) => operand,
        }
    }

    fn known(self) -> Option<f64> {
        match self {
            Self::Constant(value) => Some(value),
            Self::Operand(..) => None,
        }
    }
}

impl<'tape> Recorded<'tape> {
    fn tape(numbers: &[Self]) -> &'tape RefCell<Vec<Work>> {
        let tape = numbers.iter().find_map(|number| match number {
            Self::Operand(tape, _) => Some(*tape),
            Self::Constant(_) => None,
        });
        tape.expect("what is known altogether is computed at once")
    }

    fn write(tape: &'tape RefCell<Vec<Work>>, work: Work) -> Self {
        let mut written = tape.borrow_mut();
        let position = written.iter().position(|known| *known == work);
        let position = position.unwrap_or_else(|| {
            written.push(work);
            written.len() - 1
        });
        Self::Operand(tape, Operand::Register(position))
    }

    fn operation(self, operation: Operation, other: Self) -> Self {
        if let (Some(a), Some(b)) = (self.known(), other.known()) {
            return Self::Constant(operation.apply(a, b));
        }
        let (a, b) = (self.operand(), other.operand());
        Self::write(Self::tape(&[self, other]), Work::Operation(operation, a, b))
    }
}

impl Add for Recorded<'_> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        match (self.known(), other.known()) {
            (Some(0.0), _) => other,
            (_, Some(0.0)) => self,
            _ => self.operation(Operation::Add, other),
        }
    }
}

impl Sub for Recorded<'_> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        match other.known() {
            Some(0.0) => self,
            _ => self.operation(Operation::Subtract, other),
        }
    }
}

impl Mul for Recorded<'_> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        match (self.known(), other.known()) {
            (Some(0.0), _) | (_, Some(0.0)) => Self::Constant(0.0),
            (Some(1.0), _) => other,
            (_, Some(1.0)) => self,
            _ => self.operation(Operation::Multiply, other),
        }
    }
}

impl Div for Recorded<'_> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        match (self.known(), other.known()) {
            (Some(0.0), _) => Self::Constant(0.0),
            (_, Some(1.0)) => self,
            _ => self.operation(Operation::Divide, other),
        }
    }
}

impl Neg for Recorded<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self * Self::Constant(-1.0)
    }
}

impl Number for Recorded<'_> {
    fn constant(value: f64) -> Self {
        Self::Constant(value)
    }

    fn apply(self, function: Function) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(value.apply(function)),
            Self::Operand(tape, operand) => Self::write(tape, Work::Function(function, operand)),
        }
    }

    fn mul_add(self, factor: Self, sum: Self) -> Self {
        self * factor + sum
    }

    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        if let (Some(a), Some(b)) = (self.known(), other.known()) {
            return if a < b { then } else { otherwise };
        }
        if then.operand() == otherwise.operand() {
            return then;
        }
        let operands = [self, other, then, otherwise];
        Self::write(Self::tape(&operands), Work::IfLess(operands.map(Self::operand)))
    }

    /// Whole powers as products, which are exact where logarithms are not.
    fn power(self, exponent: Self) -> Self {
        let whole = exponent
            .known()
            .and_then(|exponent| crate::number::whole_power(self, exponent));
        whole.unwrap_or_else(|| self.operation(Operation::Power, exponent))
    }

    fn remainder(self, divisor: Self) -> Self {
        self.operation(Operation::Remainder, divisor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Dual, Elementary};

    #[test]
    fn tapes_compute_what_was_done() {
        fn formula(x: Recorded<'_>) -> Dual<Recorded<'_>> {
            let dual = Dual::variable(x);
            (dual * dual * Dual::constant(3.0) + dual.sine()).hyperbolic_tangent()
        }
        let tape = Tape::new(1, |x| {
            let y = formula(x[0]);
            vec![y.value, y.slope]
        });
        for x in [-1.3f64, 0.2, 0.9] {
            let direct = (3.0 * x * x + x.sin()).tanh();
            let slope = (1.0 - direct * direct) * (6.0 * x + x.cos());
            let found = tape.results(&[x]);
            assert!(
                (found[0] - direct).abs() < 1e-14 && (found[1] - slope).abs() < 1e-14,
                "{x}: {found:?}"
            );
        }
    }

    #[test]
    fn what_is_known_or_written_already_is_not_written() {
        let tape = Tape::new(2, |x| {
            let unused = x[0] / x[1];
            let twice = x[0] * x[1] + x[0] * x[1] + Recorded::constant(2.0).logarithm() * Recorded::constant(0.0);
            vec![twice, unused * Recorded::constant(0.0)]
        });
        assert_eq!(tape.steps.len(), 2, "{tape:?}");
        assert_eq!(tape.results[1], Operand::Constant(0.0));
        let long = Tape::new(1, |x| vec![(0..20).fold(x[0], |sum, _| (sum + x[0]).sine())]);
        assert!(long.registers <= 2, "{}", long.registers);
    }
}
