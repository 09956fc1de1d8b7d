//! Signals of the programs that the tests start.

use std::{
    fs,
    sync::{Arc, Once, atomic::AtomicBool},
};

use rustix::process::Signal;

/// Makes the programs that the tests start heed Ctrl-C and hang-ups, however the tests themselves
/// were started: in the background of a script, or under `nohup`, they ignore them, and a program
/// inherits what is ignored. What is handled it does not.
pub(crate) fn heed() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = u64::from_str_radix(mask.unwrap().trim(), 16).unwrap();
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            let number = signal.as_raw();
            if ignored >> (number - 1) & 1 == 1 {
                // The flag is nobody's: these tests go on, as they were told.
                signal_hook::flag::register(number, Arc::new(AtomicBool::new(false))).unwrap();
            }
        }
    });
}
