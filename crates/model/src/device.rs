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
    /// The build leaves it out.
    #[error("this build of actlab has no {0} backend: build it with `--features {0}`, or choose `--backend {1}`")]
    NotCompiled(Choice, Choice),
    /// wgpu found nothing to run on.
    #[error(
        "wgpu finds no graphics adapter on this machine: install the driver of your GPU, or train on the CPU with \
         `--backend {0}`"
    )]
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

    use burn::backend::{CubeDevice, DispatchDevice};
    use burn::tensor::wgpu::WgpuInitError;
    use burn::tensor::{Device, DeviceKind, DeviceType};

    use super::{Choice, DeviceError, Found, Opened, default_cpu};

    /// Kinds of real GPUs, best first.
    const GPUS: [DeviceKind; 3] = [
        DeviceKind::DiscreteGpu(0),
        DeviceKind::IntegratedGpu(0),
        DeviceKind::VirtualGpu(0),
    ];

    /// The first real GPU; none where there is none that works.
    pub fn open_gpu() -> Option<Opened> {
        // wgpu initialises an adapter once a process, so what came of it is kept.
        static GPU: OnceLock<Option<Opened>> = OnceLock::new();
        GPU.get_or_init(|| GPUS.into_iter().find_map(|kind| initialise(kind).ok()))
            .clone()
    }

    /// The first real GPU, else a software adapter.
    pub fn open_wgpu() -> Result<Opened, DeviceError> {
        static SOFTWARE: OnceLock<Result<Opened, DeviceError>> = OnceLock::new();
        open_gpu().map_or_else(|| SOFTWARE.get_or_init(|| initialise(DeviceKind::Cpu)).clone(), Ok)
    }

    fn initialise(kind: DeviceKind) -> Result<Opened, DeviceError> {
        let (device, setup) =
            Device::wgpu_options()
                .device_kind(kind)
                .init_with_setup()
                .map_err(|error| match error {
                    WgpuInitError::AdapterUnavailable { .. } => DeviceError::NoAdapter(default_cpu()),
                    other => DeviceError::Broken(other.to_string()),
                })?;
        let info = setup.adapter.get_info();
        Ok(Opened {
            backend: Choice::Wgpu.name(),
            adapter: format!("{} ({})", info.name, info.backend),
            cpu: false,
            device,
        })
    }

    pub fn adapters() -> Vec<Found> {
        let devices = Device::enumerate(DeviceType::Wgpu).into_vec();
        let found = devices.iter().map(|device| Found {
            backend: Choice::Wgpu,
            adapter: device
                .identity()
                .map_or_else(|| "an adapter without a name".to_owned(), |identity| identity.name),
            software: is_software(device),
        });
        found.collect()
    }

    fn is_software(device: &Device) -> bool {
        use burn::backend::wgpu::WgpuDevice;
        use burn_cubecl::cubecl::device::WgpuDeviceKind;
        matches!(
            device.as_dispatch(),
            DispatchDevice::Cube(CubeDevice::Wgpu(WgpuDevice {
                kind: WgpuDeviceKind::Cpu,
                ..
            }))
        )
    }
}

use gpu::{adapters, open_gpu, open_wgpu};
