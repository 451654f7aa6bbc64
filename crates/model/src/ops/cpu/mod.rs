//! The operations for the CPU backends: tensors become slices, [`kernels`] does the work.

mod kernels;
mod math;

use std::borrow::Cow;

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, TensorMetadata};

use super::activation::{ActivationKernels, ActivationOps};
use super::adam::{AdamOps, AdamStep};
use super::loss::{LossKernels, LossOps};
use super::spectral::{SpectralKernels, SpectralOps};

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

impl<B: Slices> ActivationOps for B {
    fn activate(z: FloatTensor<B>, bias: FloatTensor<B>, codes: IntTensor<B>) -> FloatTensor<B> {
        let shape = shape_of::<B>(&z);
        let mut values = B::take(z);
        kernels::activate(&mut values, &B::read(&bias), &B::codes(codes), None);
        B::tensor(values, &shape)
    }
}

impl<B: Slices> ActivationKernels for B {
    fn activate_with_slope(
        z: FloatTensor<B>,
        bias: FloatTensor<B>,
        codes: IntTensor<B>,
    ) -> (FloatTensor<B>, FloatTensor<B>) {
        let shape = shape_of::<B>(&z);
        let mut values = B::take(z);
        let mut slope = vec![0f32; values.len()];
        kernels::activate(&mut values, &B::read(&bias), &B::codes(codes), Some(&mut slope));
        (B::tensor(values, &shape), B::tensor(slope, &shape))
    }

    fn activate_backward(gradient: FloatTensor<B>, slope: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
        let shape = shape_of::<B>(&gradient);
        let mut values = B::take(gradient);
        let bias = kernels::activate_backward(&mut values, &B::read(&slope), shape[0], shape[2]);
        (B::tensor(values, &shape), B::tensor(bias, &[shape[0], shape[2]]))
    }
}

impl<B: Slices> LossOps for B {
    fn squared_error(prediction: FloatTensor<B>, target: FloatTensor<B>) -> FloatTensor<B> {
        let networks = prediction.shape()[0];
        let loss = kernels::squared_error(&B::read(&prediction), &B::read(&target), networks);
        B::tensor(loss, &[networks])
    }
}

impl<B: Slices> LossKernels for B {
    fn squared_error_backward(
        prediction: FloatTensor<B>,
        target: FloatTensor<B>,
        gradient: FloatTensor<B>,
    ) -> FloatTensor<B> {
        let shape = shape_of::<B>(&prediction);
        let mut values = B::take(prediction);
        kernels::squared_error_backward(&mut values, &B::read(&target), &B::read(&gradient));
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
        let (left, sigma) = kernels::power_iteration(&B::read(&weight), &mut right, networks);
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
            *sigma = 0.5 * lambda * *sigma * *sigma;
        }
        B::tensor(values, &shape)
    }
}

impl<B: Slices> SpectralKernels for B {
    fn outer_product(factor: FloatTensor<B>, left: FloatTensor<B>, right: FloatTensor<B>) -> FloatTensor<B> {
        let shape = [factor.shape()[0], left.shape()[1], right.shape()[1]];
        let product = kernels::outer_product(&B::read(&factor), &B::read(&left), &B::read(&right));
        B::tensor(product, &shape)
    }
}

impl<B: Slices> AdamOps for B {
    fn adam(
        parameter: FloatTensor<B>,
        gradient: FloatTensor<B>,
        first: FloatTensor<B>,
        second: FloatTensor<B>,
        rate: FloatTensor<B>,
        alive: FloatTensor<B>,
        step: AdamStep,
    ) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
        let shape = shape_of::<B>(&parameter);
        let [mut parameter, mut first, mut second] = [parameter, first, second].map(B::take);
        let moments = kernels::Moments {
            parameter: &mut parameter,
            first: &mut first,
            second: &mut second,
        };
        kernels::adam(moments, &B::read(&gradient), &B::read(&rate), &B::read(&alive), step);
        (
            B::tensor(parameter, &shape),
            B::tensor(first, &shape),
            B::tensor(second, &shape),
        )
    }
}
