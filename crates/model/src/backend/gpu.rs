//! The operations for the GPU: tensors become buffers, [`kernels`] does the work.

use burn::backend::TensorMetadata;
use burn::backend::ops::{BoolTensorOps, FloatTensorOps};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::tensor::{BoolDType, DType, Shape};
use burn_cubecl::CubeBackend;
use burn_cubecl::cubecl::{CubeCount, CubeDim, calculate_cube_count_elemwise};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_dtype;
use burn_cubecl::tensor::CubeTensor;

use super::activation::{ActivationKernels, ActivationOps, Before};
use super::loss::{Errors, LossKernels, LossOps};
use super::optimizer::OptimizerOps;
use super::spectral::{SpectralKernels, SpectralOps};
use crate::kernels::SMALLEST_NORM;
use crate::kernels::gpu::{self as kernels, CUBE};
use crate::loss::Losses;
use crate::optimizer::Rules;
use crate::unit::Units;

/// An output beside `like`, its values not yet written.
fn empty(like: &CubeTensor, shape: impl Into<Shape>) -> CubeTensor {
    empty_device_dtype(like.client.clone(), like.device.clone(), shape.into(), DType::F32)
}

/// One unit for each of `units` elements.
fn elementwise(tensor: &CubeTensor, units: usize) -> (CubeCount, CubeDim) {
    let dim = CubeDim::new(&tensor.client, units);
    (calculate_cube_count_elemwise(&tensor.client, units, dim), dim)
}

/// One cube for each network, and perhaps some more: a dispatch has at most 65,535 cubes in each direction.
fn per_network(networks: usize) -> (CubeCount, CubeDim) {
    const MOST: u32 = 65_535;
    let rows = (networks as u32).div_ceil(MOST);
    let columns = (networks as u32).div_ceil(rows.max(1));
    (CubeCount::Static(columns, rows, 1), CubeDim::new_1d(CUBE))
}

/// A tensor that may be overwritten: itself where nobody else holds it, else a copy.
fn writable(tensor: CubeTensor) -> CubeTensor {
    let tensor = into_contiguous(tensor);
    if tensor.can_mut() { tensor } else { tensor.copy() }
}

/// Whether a cube's shared memory holds this many floats beside what a sum over its units takes.
fn fits_shared_memory(tensor: &CubeTensor, floats: usize) -> bool {
    let bytes = 4 * (floats + 2 * CUBE as usize);
    bytes <= tensor.client.properties().hardware.max_shared_memory_size
}

/// The power iteration by burn's own operations, for matrices whose vectors no shared memory holds.
fn power_iteration_of_tensors(weight: CubeTensor, right: CubeTensor) -> (CubeTensor, CubeTensor, CubeTensor) {
    let [networks, rows, columns] = weight.shape().dims();
    let normalise = |vector: CubeTensor| {
        let squares = CubeBackend::float_powi_scalar(vector.clone(), 2.into());
        let norm = CubeBackend::float_sqrt(CubeBackend::float_sum_dim(squares, 1));
        let divisor = CubeBackend::float_clamp_min(norm.clone(), SMALLEST_NORM.into());
        (CubeBackend::float_div(vector, divisor), norm)
    };
    let start = CubeBackend::float_reshape(right, Shape::new([networks, columns, 1]));
    let (left, norm) = normalise(CubeBackend::float_matmul(weight.clone(), start.clone()));
    let transposed = CubeBackend::float_swap_dims(weight, 1, 2);
    let (right, sigma) = normalise(CubeBackend::float_matmul(transposed, left.clone()));
    let stays = CubeBackend::float_lower_elem(norm.clone(), SMALLEST_NORM.into(), BoolDType::U32);
    let sigma = CubeBackend::float_mask_where(sigma, stays.clone(), norm);
    let stays = CubeBackend::bool_expand(stays, Shape::new([networks, columns, 1]));
    let right = CubeBackend::float_mask_where(right, stays, start);
    (
        CubeBackend::float_reshape(left, Shape::new([networks, rows])),
        CubeBackend::float_reshape(right, Shape::new([networks, columns])),
        CubeBackend::float_reshape(sigma, Shape::new([networks])),
    )
}

impl ActivationOps for CubeBackend {
    fn activate(
        z: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        _learned: FloatTensor<Self>,
        codes: IntTensor<Self>,
        units: Units,
        _learns: bool,
    ) -> FloatTensor<Self> {
        let [z, bias, parameters, codes] = [z, bias, parameters, codes].map(into_contiguous);
        let y = empty(&z, z.shape());
        let (count, dim) = elementwise(&z, z.shape().num_elements());
        kernels::activation::activate::launch(
            &y.client,
            count,
            dim,
            z.into_tensor_arg(),
            bias.into_tensor_arg(),
            parameters.into_tensor_arg(),
            codes.into_tensor_arg(),
            y.clone().into_tensor_arg(),
            units,
        );
        y
    }
}

impl ActivationKernels for CubeBackend {
    fn activate_with_slope(
        z: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        codes: IntTensor<Self>,
        units: Units,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let [z, bias, parameters, codes] = [z, bias, parameters, codes].map(into_contiguous);
        let (y, slope) = (empty(&z, z.shape()), empty(&z, z.shape()));
        let (count, dim) = elementwise(&z, z.shape().num_elements());
        kernels::activation::activate_with_slope::launch(
            &y.client,
            count,
            dim,
            z.into_tensor_arg(),
            bias.into_tensor_arg(),
            parameters.into_tensor_arg(),
            codes.into_tensor_arg(),
            y.clone().into_tensor_arg(),
            slope.clone().into_tensor_arg(),
            units,
        );
        (y, slope)
    }

    fn parameters_backward(
        gradient: FloatTensor<Self>,
        layer: Before<FloatTensor<Self>, IntTensor<Self>>,
    ) -> FloatTensor<Self> {
        let [gradient, z, bias] = [gradient, layer.z, layer.bias].map(into_contiguous);
        let [parameters, learned, codes] = [layer.parameters, layer.learned, layer.codes].map(into_contiguous);
        let sums = empty(&parameters, parameters.shape());
        let (count, dim) = per_network(z.shape()[0]);
        kernels::activation::parameters_backward::launch(
            &sums.client,
            count,
            dim,
            gradient.into_tensor_arg(),
            z.into_tensor_arg(),
            bias.into_tensor_arg(),
            parameters.into_tensor_arg(),
            learned.into_tensor_arg(),
            codes.into_tensor_arg(),
            sums.clone().into_tensor_arg(),
            layer.units,
        );
        sums
    }

    fn activate_backward(
        gradient: FloatTensor<Self>,
        slope: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let [gradient, slope] = [gradient, slope].map(into_contiguous);
        let [networks, _, width] = gradient.shape().dims();
        let (dz, bias) = (empty(&gradient, gradient.shape()), empty(&gradient, [networks, width]));
        let (count, dim) = elementwise(&gradient, networks * width);
        kernels::activation::activate_backward::launch(
            &dz.client,
            count,
            dim,
            gradient.into_tensor_arg(),
            slope.into_tensor_arg(),
            dz.clone().into_tensor_arg(),
            bias.clone().into_tensor_arg(),
        );
        (dz, bias)
    }
}

impl LossOps for CubeBackend {
    fn error(
        prediction: FloatTensor<Self>,
        target: FloatTensor<Self>,
        numbers: FloatTensor<Self>,
        codes: IntTensor<Self>,
        losses: Losses,
    ) -> FloatTensor<Self> {
        let [prediction, target, numbers, codes] = [prediction, target, numbers, codes].map(into_contiguous);
        let networks = prediction.shape()[0];
        let loss = empty(&prediction, [networks]);
        let (count, dim) = per_network(networks);
        kernels::loss::error::launch(
            &loss.client,
            count,
            dim,
            prediction.into_tensor_arg(),
            target.into_tensor_arg(),
            numbers.into_tensor_arg(),
            codes.into_tensor_arg(),
            loss.clone().into_tensor_arg(),
            losses,
        );
        loss
    }

    fn finite(values: FloatTensor<Self>) -> FloatTensor<Self> {
        let values = into_contiguous(values);
        let finite = empty(&values, values.shape());
        let (count, dim) = elementwise(&values, values.shape().num_elements());
        kernels::finite::launch(
            &finite.client,
            count,
            dim,
            values.into_tensor_arg(),
            finite.clone().into_tensor_arg(),
        );
        finite
    }
}

impl LossKernels for CubeBackend {
    fn error_backward(
        gradient: FloatTensor<Self>,
        errors: Errors<FloatTensor<Self>, IntTensor<Self>>,
    ) -> FloatTensor<Self> {
        let [prediction, target] = [errors.prediction, errors.target].map(into_contiguous);
        let [gradient, numbers, codes] = [gradient, errors.numbers, errors.codes].map(into_contiguous);
        let output = empty(&prediction, prediction.shape());
        let (count, dim) = elementwise(&output, output.shape().num_elements());
        kernels::loss::error_backward::launch(
            &output.client,
            count,
            dim,
            prediction.into_tensor_arg(),
            target.into_tensor_arg(),
            gradient.into_tensor_arg(),
            numbers.into_tensor_arg(),
            codes.into_tensor_arg(),
            output.clone().into_tensor_arg(),
            errors.losses,
        );
        output
    }
}

impl SpectralOps for CubeBackend {
    fn power_iteration(
        weight: FloatTensor<Self>,
        right: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let [weight, start] = [weight, right].map(into_contiguous);
        let [networks, rows, columns] = weight.shape().dims();
        if !fits_shared_memory(&weight, rows + columns) {
            return power_iteration_of_tensors(weight, start);
        }
        let left = empty(&weight, [networks, rows]);
        let right = empty(&weight, [networks, columns]);
        let sigma = empty(&weight, [networks]);
        let (count, dim) = per_network(networks);
        kernels::power_iteration::launch(
            &sigma.client,
            count,
            dim,
            weight.into_tensor_arg(),
            start.into_tensor_arg(),
            left.clone().into_tensor_arg(),
            right.clone().into_tensor_arg(),
            sigma.clone().into_tensor_arg(),
            SMALLEST_NORM,
            rows,
            columns,
        );
        (left, right, sigma)
    }

    fn spectral_penalty(
        _weight: FloatTensor<Self>,
        _left: FloatTensor<Self>,
        _right: FloatTensor<Self>,
        sigma: FloatTensor<Self>,
        lambda: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let [sigma, lambda] = [sigma, lambda].map(into_contiguous);
        let penalty = empty(&sigma, sigma.shape());
        let (count, dim) = elementwise(&sigma, sigma.shape().num_elements());
        kernels::spectral_penalty::launch(
            &penalty.client,
            count,
            dim,
            sigma.into_tensor_arg(),
            lambda.into_tensor_arg(),
            penalty.clone().into_tensor_arg(),
        );
        penalty
    }
}

impl SpectralKernels for CubeBackend {
    fn spectral_penalty_backward(
        gradient: FloatTensor<Self>,
        lambda: FloatTensor<Self>,
        triple: [FloatTensor<Self>; 3],
    ) -> FloatTensor<Self> {
        let [gradient, lambda] = [gradient, lambda].map(into_contiguous);
        let [left, right, sigma] = triple.map(into_contiguous);
        let product = empty(&lambda, [left.shape()[0], left.shape()[1], right.shape()[1]]);
        let (count, dim) = elementwise(&product, product.shape().num_elements());
        kernels::spectral_penalty_backward::launch(
            &product.client,
            count,
            dim,
            gradient.into_tensor_arg(),
            lambda.into_tensor_arg(),
            sigma.into_tensor_arg(),
            left.into_tensor_arg(),
            right.into_tensor_arg(),
            product.clone().into_tensor_arg(),
        );
        product
    }
}

impl OptimizerOps for CubeBackend {
    fn optimizer_step(
        parameter: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        third: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        numbers: FloatTensor<Self>,
        alive: FloatTensor<Self>,
        codes: IntTensor<Self>,
        rules: Rules,
    ) -> (
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
    ) {
        let [parameter, first, second, third] = [parameter, first, second, third].map(writable);
        let [gradient, numbers, alive, codes] = [gradient, numbers, alive, codes].map(into_contiguous);
        let (count, dim) = elementwise(&parameter, parameter.shape().num_elements());
        kernels::optimizer::optimizer_step::launch(
            &parameter.client,
            count,
            dim,
            parameter.clone().into_tensor_arg(),
            first.clone().into_tensor_arg(),
            second.clone().into_tensor_arg(),
            third.clone().into_tensor_arg(),
            gradient.into_tensor_arg(),
            numbers.into_tensor_arg(),
            alive.into_tensor_arg(),
            codes.into_tensor_arg(),
            rules,
        );
        (parameter, first, second, third)
    }

    fn sum_of_squares(values: FloatTensor<Self>) -> FloatTensor<Self> {
        let values = into_contiguous(values);
        let networks = values.shape()[0];
        let squares = empty(&values, [networks]);
        let (count, dim) = per_network(networks);
        kernels::optimizer::sum_of_squares::launch(
            &squares.client,
            count,
            dim,
            values.into_tensor_arg(),
            squares.clone().into_tensor_arg(),
        );
        squares
    }
}
