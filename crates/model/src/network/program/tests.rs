use super::*;

fn back(program: &Program) -> Vec<(Buffer, Back)> {
    let reads = program.operations.iter().flat_map(Operation::reads);
    reads.map(|read| (read.buffer, read.back)).collect()
}

/// `h = dense(dropout(x))`, `h + dropout(h) + dense(h)`.
#[test]
fn the_last_reader_of_a_buffer_writes_its_gradient() {
    let branches = [Block::Sequence(Vec::new()), Block::Dropout, Block::activated(3)];
    let block = Block::Sequence(vec![
        Block::Dropout,
        Block::activated(3),
        Block::parallel(Join::Sum, branches),
    ]);
    let program = compile(2, &block).expect("an architecture");
    use Back::{Adds, Nothing, Writes};
    let all = [
        (0, Nothing),
        (1, Nothing),
        (2, Adds),
        (2, Adds),
        (3, Writes),
        (2, Writes),
        (4, Writes),
        (5, Writes),
    ];
    assert_eq!(back(&program), all);
    assert_eq!((program.output(), program.widths()), (6, &[2, 2, 3, 3, 3, 3, 3][..]));
    // Without dropouts the sum reads h twice.
    let without = program.without_dropouts(|_| true);
    let few = [
        (0, Nothing),
        (2, Adds),
        (2, Adds),
        (2, Writes),
        (4, Writes),
        (5, Writes),
    ];
    assert_eq!(back(&without), few);
    assert_eq!(without.output(), 6);
    let one = program.without_dropouts(|place| place == 0);
    assert_eq!(one.operations().len(), program.operations().len() - 1);
}

/// `sum(fourier -> dense, dense -> fourier)`: what does not train gets no gradient, but passes one on.
#[test]
fn no_gradient_goes_where_nothing_trains() {
    let fourier = || Block::Fourier { frequencies: 2 };
    let branches = [
        Block::Sequence(vec![fourier(), Block::linear(4)]),
        Block::Sequence(vec![Block::linear(3), fourier()]),
    ];
    let program = compile(1, &Block::parallel(Join::Sum, branches)).expect("an architecture");
    use Back::{Nothing, Writes};
    let all = [
        (0, Nothing),
        (1, Nothing),
        (0, Nothing),
        (3, Writes),
        (2, Writes),
        (4, Writes),
    ];
    assert_eq!(back(&program), all);
    assert_eq!(program.layers(), [[1, 4], [4, 4], [1, 3], [3, 4]]);
    let trains: Vec<bool> = (0..4).map(|layer| program.trains(layer)).collect();
    assert_eq!(trains, [false, true, true, false]);
    assert_eq!(compile(1, &fourier()), Err(ArchitectureError::NoLayer));
}

#[test]
fn a_dropout_at_the_end_leaves_the_output_of_what_it_got() {
    let block = Block::Sequence(vec![Block::linear(3), Block::Dropout]);
    let program = compile(1, &block).expect("an architecture");
    assert_eq!(program.output(), 2);
    assert_eq!(program.without_dropouts(|_| true).output(), 1);
}
