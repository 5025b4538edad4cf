//! The kernel's virtual USB host controller: a device is attached by passing the kernel a socket.
//!
//! Interface: Linux, drivers/usb/usbip/vhci_sysfs.c. `status` has one line per port; `attach`
//! expects port, file descriptor, device number and speed. Closing the device's end of the socket
//! unplugs it.

use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// The controller's sysfs folder when the kernel module vhci-hcd is loaded.
const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";

/// A port's state in `status` when nothing is plugged in (VDEV_ST_NULL).
const FREE: &str = "004";

/// Device number on the remote bus: bus 1, device 1.
const DEVICE_NUMBER: u32 = 0x1_0001;

/// USB_SPEED_HIGH.
const HIGH_SPEED: u32 = 3;

/// The virtual host controller.
#[derive(Debug)]
pub struct Vhci {
    root: PathBuf,
}

impl Default for Vhci {
    fn default() -> Self {
        Self {
            root: PathBuf::from(CONTROLLER),
        }
    }
}

impl Vhci {
    /// Attaches a device to the first free high-speed port. Returns the non-blocking socket that
    /// carries its USB/IP messages.
    ///
    /// # Errors
    /// There is no controller, no free port, or no permission; the text says what to do.
    pub fn attach(&self) -> io::Result<UnixStream> {
        let status = fs::read_to_string(self.root.join("status")).map_err(|error| {
            explain(
                &error,
                "no virtual USB host controller: `modprobe vhci-hcd` first",
            )
        })?;
        let port = free_port(&status).ok_or_else(|| {
            io::Error::other("every port of the virtual USB host controller is in use")
        })?;
        let (device_end, kernel_end) = UnixStream::pair()?;
        device_end.set_nonblocking(true)?;
        let request = format!(
            "{port} {} {DEVICE_NUMBER} {HIGH_SPEED}",
            kernel_end.as_raw_fd()
        );
        write_attach(&self.root, &request)?;
        Ok(device_end)
    }
}

fn write_attach(root: &Path, request: &str) -> io::Result<()> {
    fs::write(root.join("attach"), request).map_err(|error| {
        explain(
            &error,
            "cannot attach to the virtual USB host controller (root only)",
        )
    })
}

fn explain(error: &io::Error, text: &str) -> io::Error {
    io::Error::new(error.kind(), format!("{text}: {error}"))
}

/// The number of the first free high-speed port. The fields of a line are
/// `hub port sta spd dev sockfd local_busid`; `hub` is `hs` or `ss`.
fn free_port(status: &str) -> Option<u32> {
    status.lines().find_map(|line| {
        let mut fields = line.split_whitespace();
        let (hub, port, state) = (fields.next()?, fields.next()?, fields.next()?);
        (hub == "hs" && state == FREE).then(|| port.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "hub port sta spd dev      sockfd local_busid\n\
        hs  0000 006 003 00010001 000003 1-1\n\
        hs  0001 004 000 00000000 000000 0-0\n\
        ss  0008 004 000 00000000 000000 0-0\n";

    #[test]
    fn finds_the_first_free_high_speed_port() {
        assert_eq!(free_port(STATUS), Some(1));
        assert_eq!(
            free_port(&STATUS.replace("hs  0001 004", "hs  0001 005")),
            None
        );
        assert_eq!(free_port(""), None);
    }

    #[test]
    fn missing_controller_is_explained() {
        let missing = Vhci {
            root: PathBuf::from("/nonexistent/vhci_hcd.0"),
        };
        let error = missing.attach().expect_err("no controller");
        assert!(error.to_string().contains("modprobe vhci-hcd"), "{error}");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
