//! The glue: burn's CPU tensors become slices, and a stack one network after the other.

use std::borrow::Cow;

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, TensorMetadata};
use pulp::Arch;

use super::activation::{ActivationKernels, ActivationOps, Before};
use super::loss::{EXPONENT, Errors, LossKernels, LossOps};
use super::optimizer::OptimizerOps;
use super::spectral::{SpectralKernels, SpectralOps};
use crate::kernels::cpu as kernels;
use crate::loss::{self, Losses, Scaled};
use crate::optimizer::{self, Rules, State};
use crate::unit::{self, From, PARAMETERS, Units};

/// What the kernels need of a CPU backend.
trait Slices: Backend {
    /// The values in order; borrowed where they lie in order in memory.
    fn read(tensor: &FloatTensor<Self>) -> Cow<'_, [f32]>;
    /// The values in order; without a copy where nobody else holds the tensor.
    fn take(tensor: FloatTensor<Self>) -> Vec<f32>;
    /// A tensor of these values.
    fn tensor(values: Vec<f32>, shape: &[usize]) -> FloatTensor<Self>;
    /// The values of an integer tensor in order.
    fn codes(tensor: IntTensor<Self>) -> Vec<i32>;
}

#[cfg(feature = "ndarray")]
mod ndarray {
    use super::*;
    use ::ndarray::{ArcArray, IxDyn};
    use burn::backend::NdArray;
    use burn::backend::ndarray::NdArrayTensor;

    const FLOATS_ONLY: &str = "actlab trains in f32";

    impl Slices for NdArray {
        fn read(tensor: &FloatTensor<Self>) -> Cow<'_, [f32]> {
            let NdArrayTensor::F32(storage) = tensor else {
                panic!("{FLOATS_ONLY}")
            };
            match storage.view().to_slice() {
                Some(slice) => Cow::Borrowed(slice),
                None => Cow::Owned(storage.view().iter().copied().collect()),
            }
        }

        fn take(tensor: FloatTensor<Self>) -> Vec<f32> {
            let NdArrayTensor::F32(storage) = tensor else {
                panic!("{FLOATS_ONLY}")
            };
            let array = storage.into_shared();
            if !array.is_standard_layout() {
                return array.iter().copied().collect();
            }
            let length = array.len();
            match array.into_owned().into_raw_vec_and_offset() {
                (vector, None | Some(0)) if vector.len() == length => vector,
                (vector, offset) => vector[offset.unwrap_or(0)..][..length].to_vec(),
            }
        }

        fn tensor(values: Vec<f32>, shape: &[usize]) -> FloatTensor<Self> {
            let array = ArcArray::from_shape_vec(IxDyn(shape), values).expect("a value for each place of the shape");
            NdArrayTensor::from(array)
        }

        fn codes(tensor: IntTensor<Self>) -> Vec<i32> {
            match tensor {
                NdArrayTensor::I32(storage) => storage.view().iter().copied().collect(),
                NdArrayTensor::I64(storage) => storage.view().iter().map(|code| *code as i32).collect(),
                other => panic!("activation codes are 32 or 64 bit integers, not {:?}", other.dtype()),
            }
        }
    }
}

#[cfg(feature = "flex")]
mod flex {
    use super::*;
    use burn::backend::Flex;
    use burn::backend::flex::{FlexTensor, Layout};
    use burn::tensor::{Bytes, DType, Shape};

    impl Slices for Flex {
        fn read(tensor: &FloatTensor<Self>) -> Cow<'_, [f32]> {
            match tensor.as_slice::<f32>() {
                Some(slice) => Cow::Borrowed(slice),
                None => Cow::Owned(Self::take(tensor.clone())),
            }
        }

        fn take(tensor: FloatTensor<Self>) -> Vec<f32> {
            tensor.into_data().try_into_vec().expect("actlab trains in f32")
        }

        fn tensor(values: Vec<f32>, shape: &[usize]) -> FloatTensor<Self> {
            let layout = Layout::contiguous(Shape::from(shape.to_vec()));
            FlexTensor::new(Bytes::from_elems(values), layout, DType::F32)
        }

        fn codes(tensor: IntTensor<Self>) -> Vec<i32> {
            tensor.into_data().iter::<i32>().collect()
        }
    }
}

fn shape_of<B: Slices>(tensor: &FloatTensor<B>) -> Vec<usize> {
    tensor.shape().to_vec()
}

/// The part of each network, first to last, of the values of a stack.
fn parts(values: &[f32], networks: usize) -> impl Iterator<Item = &[f32]> {
    let length = values.len() / networks;
    (0..networks).map(move |network| &values[network * length..][..length])
}

/// [`parts`], to write.
fn parts_mut(values: &mut [f32], networks: usize) -> impl Iterator<Item = &mut [f32]> {
    let length = values.len() / networks;
    let mut rest = values;
    (0..networks).map(move |_| {
        let (part, after) = std::mem::take(&mut rest).split_at_mut(length);
        rest = after;
        part
    })
}

impl<B: Slices> ActivationOps for B {
    fn activate(
        z: FloatTensor<B>,
        bias: FloatTensor<B>,
        parameters: FloatTensor<B>,
        _learned: FloatTensor<B>,
        codes: IntTensor<B>,
        units: Units,
        _learns: bool,
    ) -> FloatTensor<B> {
        Self::activate_with_slope(z, bias, parameters, codes, units).0
    }
}

impl<B: Slices> ActivationKernels for B {
    fn activate_with_slope(
        z: FloatTensor<B>,
        bias: FloatTensor<B>,
        parameters: FloatTensor<B>,
        codes: IntTensor<B>,
        units: Units,
    ) -> (FloatTensor<B>, FloatTensor<B>) {
        let shape = shape_of::<B>(&z);
        let (arch, networks) = (Arch::new(), shape[0]);
        let mut values = B::take(z);
        let (mut kept, mut slopes) = (vec![0f32; values.len()], vec![1f32; values.len()]);
        let mut unused = vec![0f32; shape[2]];
        let (bias, parameters) = (B::read(&bias), B::read(&parameters));
        let per_network = parts_mut(&mut values, networks)
            .zip(parts_mut(&mut kept, networks))
            .zip(parts_mut(&mut slopes, networks))
            .zip(parts(&bias, networks).zip(parts(&parameters, networks)));
        for ((((z, kept), slopes), (bias, parameters)), code) in per_network.zip(B::codes(codes)) {
            let unit = units.list()[code as usize];
            kernels::add_bias(arch, z, bias);
            unit.forward(arch, parameters, z, kept);
            unit.backward(arch, parameters, slopes, From { value: z, kept }, &mut unused);
        }
        (B::tensor(values, &shape), B::tensor(slopes, &shape))
    }

    fn parameters_backward(gradient: FloatTensor<B>, layer: Before<FloatTensor<B>, IntTensor<B>>) -> FloatTensor<B> {
        let networks = layer.z.shape()[0];
        let mut x = B::take(layer.z);
        let mut slope = vec![0f32; x.len() / networks];
        let [gradient, bias, parameters, learned] =
            [&gradient, &layer.bias, &layer.parameters, &layer.learned].map(B::read);
        let mut sums = vec![0f32; networks * PARAMETERS];
        let per_network = parts_mut(&mut x, networks)
            .zip(parts(&gradient, networks))
            .zip(parts(&bias, networks).zip(parts(&parameters, networks)))
            .zip(parts(&learned, networks).zip(parts_mut(&mut sums, networks)));
        for ((((x, gradient), (bias, parameters)), (learned, sums)), code) in per_network.zip(B::codes(layer.codes)) {
            let unit = layer.units.list()[code as usize];
            kernels::add_bias(Arch::new(), x, bias);
            for which in (0..PARAMETERS).filter(|which| learned[*which] != 0.0) {
                unit.parameter_slope(Arch::new(), parameters, which, x, &mut slope);
                sums[which] = kernels::dot(Arch::new(), gradient, &slope);
            }
        }
        B::tensor(sums, &[networks, PARAMETERS])
    }

    fn activate_backward(gradient: FloatTensor<B>, slope: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
        let shape = shape_of::<B>(&gradient);
        let mut values = B::take(gradient);
        let mut bias = vec![0f32; shape[0] * shape[2]];
        let per_network = parts_mut(&mut values, shape[0]).zip(parts_mut(&mut bias, shape[0]));
        let slope = B::read(&slope);
        for ((values, bias), slopes) in per_network.zip(parts(&slope, shape[0])) {
            unit::apply_slope(Arch::new(), values, slopes, bias);
        }
        (B::tensor(values, &shape), B::tensor(bias, &[shape[0], shape[2]]))
    }
}

impl<B: Slices> LossOps for B {
    fn error(
        prediction: FloatTensor<B>,
        target: FloatTensor<B>,
        numbers: FloatTensor<B>,
        codes: IntTensor<B>,
        losses: Losses,
    ) -> FloatTensor<B> {
        let [networks, samples, width] = prediction.shape().dims();
        let [prediction, target, numbers] = [&prediction, &target, &numbers].map(B::read);
        let (numbers, _) = numbers.as_chunks::<{ loss::NUMBERS }>();
        let per_network = parts(&prediction, networks).zip(parts(&target, networks));
        let per_network = per_network.zip(numbers).zip(B::codes(codes));
        let means = per_network.map(|(((prediction, target), numbers), code)| {
            let sum = losses.list()[code as usize].sum(Arch::new(), prediction, target, numbers);
            sum / (samples * width) as f32
        });
        B::tensor(means.collect(), &[networks])
    }

    fn finite(values: FloatTensor<B>) -> FloatTensor<B> {
        let shape = shape_of::<B>(&values);
        let mut values = B::take(values);
        for value in &mut values {
            *value = if value.to_bits() & EXPONENT == EXPONENT {
                0.0
            } else {
                1.0
            };
        }
        B::tensor(values, &shape)
    }
}

impl<B: Slices> LossKernels for B {
    fn error_backward(gradient: FloatTensor<B>, errors: Errors<FloatTensor<B>, IntTensor<B>>) -> FloatTensor<B> {
        let shape = shape_of::<B>(&errors.prediction);
        let [prediction, target] = [&errors.prediction, &errors.target].map(B::read);
        let [numbers, gradient] = [&errors.numbers, &gradient].map(B::read);
        let (numbers, _) = numbers.as_chunks::<{ loss::NUMBERS }>();
        let mut values = vec![0f32; prediction.len()];
        let per_network = parts(&prediction, shape[0]).zip(parts(&target, shape[0]));
        let per_network = per_network.zip(parts_mut(&mut values, shape[0]));
        let how = gradient.iter().zip(numbers).zip(B::codes(errors.codes));
        for (((prediction, target), values), ((gradient, numbers), code)) in per_network.zip(how) {
            let factor = gradient / prediction.len() as f32;
            let how = Scaled { numbers, factor };
            errors.losses.list()[code as usize].gradient(Arch::new(), prediction, target, how, values);
        }
        B::tensor(values, &shape)
    }
}

impl<B: Slices> SpectralOps for B {
    fn power_iteration(
        weight: FloatTensor<B>,
        right: FloatTensor<B>,
    ) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
        let [networks, rows, columns] = weight.shape().dims();
        let mut right = B::take(right);
        let mut left = vec![0f32; networks * rows];
        let weight = B::read(&weight);
        let vectors = parts_mut(&mut left, networks).zip(parts_mut(&mut right, networks));
        let sigma = parts(&weight, networks)
            .zip(vectors)
            .map(|(weight, (left, right))| kernels::power_iteration(Arch::new(), weight, left, right))
            .collect();
        (
            B::tensor(left, &[networks, rows]),
            B::tensor(right, &[networks, columns]),
            B::tensor(sigma, &[networks]),
        )
    }

    fn spectral_penalty(
        _weight: FloatTensor<B>,
        _left: FloatTensor<B>,
        _right: FloatTensor<B>,
        sigma: FloatTensor<B>,
        lambda: FloatTensor<B>,
    ) -> FloatTensor<B> {
        let shape = shape_of::<B>(&sigma);
        let mut values = B::take(sigma);
        for (sigma, lambda) in values.iter_mut().zip(&*B::read(&lambda)) {
            *sigma = match *lambda {
                0.0 => 0.0,
                lambda => 0.5 * lambda * *sigma * *sigma,
            };
        }
        B::tensor(values, &shape)
    }
}

impl<B: Slices> SpectralKernels for B {
    fn spectral_penalty_backward(
        gradient: FloatTensor<B>,
        lambda: FloatTensor<B>,
        [left, right, sigma]: [FloatTensor<B>; 3],
    ) -> FloatTensor<B> {
        let shape = [lambda.shape()[0], left.shape()[1], right.shape()[1]];
        let mut product = vec![0f32; shape.iter().product()];
        let [gradient, lambda, sigma] = [&gradient, &lambda, &sigma].map(B::read);
        let (left, right) = (B::read(&left), B::read(&right));
        let vectors = parts(&left, shape[0]).zip(parts(&right, shape[0]));
        for (network, (product, (left, right))) in parts_mut(&mut product, shape[0]).zip(vectors).enumerate() {
            if lambda[network] != 0.0 {
                let factor = lambda[network] * sigma[network] * gradient[network];
                kernels::add_outer_product(Arch::new(), product, factor, left, right);
            }
        }
        B::tensor(product, &shape)
    }
}

impl<B: Slices> OptimizerOps for B {
    fn optimizer_step(
        parameter: FloatTensor<B>,
        first: FloatTensor<B>,
        second: FloatTensor<B>,
        third: FloatTensor<B>,
        gradient: FloatTensor<B>,
        numbers: FloatTensor<B>,
        alive: FloatTensor<B>,
        codes: IntTensor<B>,
        rules: Rules,
    ) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
        let shapes = [&parameter, &first, &second, &third].map(shape_of::<B>);
        let mut state = [parameter, first, second, third].map(B::take);
        let (numbers, alive, gradient) = (B::read(&numbers), B::read(&alive), B::read(&gradient));
        let networks = alive.len();
        let [parameter, first, second, third] = state.each_mut().map(|values| parts_mut(values, networks));
        let states = parameter.zip(first).zip(second.zip(third));
        let (numbers, _) = numbers.as_chunks::<{ optimizer::NUMBERS }>();
        let how = numbers.iter().zip(alive.iter()).zip(B::codes(codes));
        let per_network = states.zip(parts(&gradient, networks)).zip(how);
        for ((((parameter, first), (second, third)), gradient), ((numbers, alive), code)) in per_network {
            if *alive != 0.0 {
                let kept = [first, second, third];
                rules.list()[code as usize].step(Arch::new(), State { parameter, kept }, gradient, numbers);
            }
        }
        let mut state = state.into_iter().zip(shapes);
        let mut next = || {
            let (values, shape) = state.next().expect("four of them");
            B::tensor(values, &shape)
        };
        (next(), next(), next(), next())
    }

    fn sum_of_squares(values: FloatTensor<B>) -> FloatTensor<B> {
        let networks = values.shape()[0];
        let values = B::read(&values);
        let squares = parts(&values, networks).map(|values| kernels::dot(Arch::new(), values, values));
        B::tensor(squares.collect(), &[networks])
    }
}
