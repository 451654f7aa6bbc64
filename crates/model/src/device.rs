//! What can train on this machine, and which of it `auto` takes.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Device;

/// What the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The first real GPU, else the CPU.
    Auto,
    /// A GPU through wgpu; a software adapter if there is nothing else.
    Wgpu,
    /// The CPU, by burn's ndarray backend.
    Ndarray,
    /// The CPU, by burn's flex backend.
    Flex,
}

impl Choice {
    /// All choices.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Wgpu, Self::Ndarray, Self::Flex];

    /// The name that the user types.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Wgpu => "wgpu",
            Self::Ndarray => "ndarray",
            Self::Flex => "flex",
        }
    }

    /// The backends that this build has.
    pub fn compiled() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|choice| match choice {
            Self::Auto => false,
            Self::Wgpu => cfg!(feature = "wgpu"),
            Self::Ndarray => cfg!(feature = "ndarray"),
            Self::Flex => cfg!(feature = "flex"),
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.name() == name)
            .ok_or_else(|| "use auto, wgpu, ndarray or flex".to_owned())
    }
}

/// Why a backend cannot be had.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DeviceError {
    /// The build leaves it out: the backend asked for, and one that there is.
    #[error("this build has no {0} backend; it has {1}")]
    NotCompiled(Choice, Choice),
    /// wgpu found nothing to run on; a CPU backend is there instead.
    #[error("wgpu finds no graphics adapter on this machine")]
    NoAdapter(Choice),
    /// wgpu found an adapter that does not work.
    #[error("the graphics adapter cannot be used: {0}")]
    Broken(String),
}

/// A device that is ready to train.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The name of its backend.
    pub backend: &'static str,
    /// What it is, in its maker's words.
    pub adapter: String,
    /// Whether networks train in parallel on its cores, rather than in one batched program.
    pub cpu: bool,
    /// Bytes of the largest tensor that it takes.
    pub largest_tensor: u64,
    /// The device for tensors.
    pub device: Device,
}

/// Something that can train here.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its backend.
    pub backend: Choice,
    /// What it is, in its maker's words.
    pub adapter: String,
    /// Whether it is a processor that plays a GPU.
    pub software: bool,
}

/// Makes a device ready.
pub fn open(choice: Choice) -> Result<Opened, DeviceError> {
    match choice {
        Choice::Auto => Ok(open_gpu()
            .or_else(|| open_cpu(default_cpu()))
            .ok_or_else(|| missing(choice))?),
        Choice::Wgpu => open_wgpu(),
        Choice::Ndarray | Choice::Flex => open_cpu(choice).ok_or_else(|| missing(choice)),
    }
}

/// Everything that can train here: graphics adapters first, then the CPU backends of this build.
pub fn list() -> Vec<Found> {
    let cpus = Choice::compiled()
        .filter(|choice| *choice != Choice::Wgpu)
        .map(|backend| Found {
            backend,
            adapter: processor(),
            software: false,
        });
    adapters().into_iter().chain(cpus).collect()
}

/// The CPU backend that is taken where none is named.
fn default_cpu() -> Choice {
    if cfg!(feature = "ndarray") {
        Choice::Ndarray
    } else {
        Choice::Flex
    }
}

fn missing(choice: Choice) -> DeviceError {
    let other = Choice::compiled()
        .find(|other| *other != choice)
        .unwrap_or(Choice::Auto);
    DeviceError::NotCompiled(choice, other)
}

fn processor() -> String {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    format!("this processor ({cores} {})", if cores == 1 { "core" } else { "cores" })
}

fn open_cpu(choice: Choice) -> Option<Opened> {
    let device: Device = match choice {
        #[cfg(feature = "ndarray")]
        Choice::Ndarray => Device::ndarray(),
        #[cfg(feature = "flex")]
        Choice::Flex => Device::flex(),
        _ => return None,
    };
    Some(Opened {
        backend: choice.name(),
        adapter: processor(),
        cpu: true,
        largest_tensor: u64::MAX,
        device,
    })
}

#[cfg(not(feature = "wgpu"))]
mod gpu {
    use super::{Choice, DeviceError, Found, Opened, missing};

    pub fn open_gpu() -> Option<Opened> {
        None
    }

    pub fn open_wgpu() -> Result<Opened, DeviceError> {
        Err(missing(Choice::Wgpu))
    }

    pub fn adapters() -> Vec<Found> {
        Vec::new()
    }
}

#[cfg(feature = "wgpu")]
mod gpu {
    use std::sync::OnceLock;
    use std::task::{Context, Poll, Waker};

    use burn::tensor::wgpu::wgpu::{AdapterInfo, Backends, DeviceType, Instance, InstanceDescriptor};
    use burn::tensor::wgpu::{WgpuBackend, WgpuInitError};
    use burn::tensor::{Device, DeviceKind};

    use super::{Choice, DeviceError, Found, Opened, default_cpu};

    /// The graphics interfaces to train on. OpenGL is not among them: its compute shaders are a subset, and asking
    /// for it makes drivers complain on machines without a display.
    #[cfg(target_os = "macos")]
    const INTERFACES: [(WgpuBackend, Backends); 1] = [(WgpuBackend::Metal, Backends::METAL)];
    #[cfg(windows)]
    const INTERFACES: [(WgpuBackend, Backends); 2] = [
        (WgpuBackend::Vulkan, Backends::VULKAN),
        (WgpuBackend::Dx12, Backends::DX12),
    ];
    #[cfg(not(any(target_os = "macos", windows)))]
    const INTERFACES: [(WgpuBackend, Backends); 1] = [(WgpuBackend::Vulkan, Backends::VULKAN)];

    /// Kinds of real GPUs, best first.
    const GPUS: [(DeviceType, DeviceKind); 3] = [
        (DeviceType::DiscreteGpu, DeviceKind::DiscreteGpu(0)),
        (DeviceType::IntegratedGpu, DeviceKind::IntegratedGpu(0)),
        (DeviceType::VirtualGpu, DeviceKind::VirtualGpu(0)),
    ];

    const SOFTWARE: (DeviceType, DeviceKind) = (DeviceType::Cpu, DeviceKind::Cpu);

    /// The first real GPU; none where there is none that works.
    pub fn open_gpu() -> Option<Opened> {
        // wgpu initialises an adapter once a process, so what came of it is kept.
        static GPU: OnceLock<Option<Opened>> = OnceLock::new();
        GPU.get_or_init(|| GPUS.into_iter().find_map(|kind| open(kind)?.ok()))
            .clone()
    }

    /// The first real GPU, else a software adapter.
    pub fn open_wgpu() -> Result<Opened, DeviceError> {
        static FALLBACK: OnceLock<Result<Opened, DeviceError>> = OnceLock::new();
        let fallback = || open(SOFTWARE).unwrap_or_else(|| Err(DeviceError::NoAdapter(default_cpu())));
        open_gpu().map_or_else(|| FALLBACK.get_or_init(fallback).clone(), Ok)
    }

    pub fn adapters() -> Vec<Found> {
        let all = INTERFACES.into_iter().flat_map(|(_, backends)| on(backends));
        let found = all.map(|info| Found {
            backend: Choice::Wgpu,
            adapter: describe(&info),
            software: info.device_type == DeviceType::Cpu,
        });
        found.collect()
    }

    /// The first adapter of a kind; none where there is none.
    fn open((device_type, kind): (DeviceType, DeviceKind)) -> Option<Result<Opened, DeviceError>> {
        let has = |backends| on(backends).iter().any(|info| info.device_type == device_type);
        let (interface, _) = INTERFACES.into_iter().find(|(_, backends)| has(*backends))?;
        Some(initialise(interface, kind))
    }

    fn initialise(interface: WgpuBackend, kind: DeviceKind) -> Result<Opened, DeviceError> {
        let options = Device::wgpu_options().graphics_api(interface).device_kind(kind);
        let (device, setup) = options.init_with_setup().map_err(|error| match error {
            WgpuInitError::AdapterUnavailable { .. } => DeviceError::NoAdapter(default_cpu()),
            other => DeviceError::Broken(other.to_string()),
        })?;
        let adapter = describe(&setup.adapter.get_info());
        let limits = setup.adapter.limits();
        Ok(Opened {
            backend: Choice::Wgpu.name(),
            adapter,
            cpu: false,
            largest_tensor: limits.max_buffer_size.min(limits.max_storage_buffer_binding_size),
            device,
        })
    }

    fn describe(info: &AdapterInfo) -> String {
        format!("{} ({})", info.name, info.backend)
    }

    /// The adapters of some graphics interfaces; looking opens none of them.
    fn on(backends: Backends) -> Vec<AdapterInfo> {
        let instance = Instance::new(InstanceDescriptor {
            backends,
            ..InstanceDescriptor::new_without_display_handle()
        });
        let adapters = std::pin::pin!(instance.enumerate_adapters(backends));
        // Outside of a browser the answer is there at once.
        match adapters.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(adapters) => adapters.iter().map(|adapter| adapter.get_info()).collect(),
            Poll::Pending => Vec::new(),
        }
    }
}

use gpu::{adapters, open_gpu, open_wgpu};
