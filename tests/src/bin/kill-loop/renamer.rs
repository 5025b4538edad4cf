//! [`Renamer`]: renames files on the server there and back.

use std::thread;
use std::time::Duration;

use modem_ftp_tests::{Error, Random};

use crate::answer::Answer;
use crate::client::Client;
use crate::folders;
use crate::model::Shared;
use crate::setup::Setup;

/// Renames one file after the other.
pub struct Renamer {
    client: Client,
    model: Shared,
    random: Random,
}

impl Renamer {
    /// Connects to the bus.
    pub fn new(setup: &Setup, model: Shared, random: Random) -> Result<Self, Error> {
        let client = Client::new(setup.bus.address())?;
        let places = (0..folders::RENAMED).map(|index| (index, [true, false]));
        model.lock().places = places.collect();
        Ok(Self {
            client,
            model,
            random,
        })
    }

    /// Renames one file from where it may be.
    pub fn step(&mut self) {
        thread::sleep(Duration::from_millis(self.random.below(1500) as u64));
        let index = self.random.below(folders::RENAMED);
        let [first, second] = folders::renamed(index);
        let places = self.model.lock().places.get(&index).copied();
        let is_back = match places.unwrap_or_default() {
            [true, true] => self.random.below(2) == 1,
            [_, at_second] => at_second,
        };
        let (from, to) = if is_back {
            (second, first)
        } else {
            (first, second)
        };
        let answer = self.client.rename(&from, &to);
        let mut model = self.model.lock();
        let is_certain = places != Some([true, true]);
        let (call, places) = match answer {
            Answer::Done(()) => ("Rename", [is_back, !is_back]),
            Answer::Refused(name, text) if name == "RemoteNotFound" || name == "RemoteRefused" => {
                if is_certain {
                    model.counts.lost += 1;
                    model.fault(format!("Rename: {from} is not there: {text}"));
                }
                ("Rename of a name that was renamed", [is_back, !is_back])
            }
            Answer::Refused(..) | Answer::Unknown => ("Rename without result", [true, true]),
        };
        model.count(call);
        model.places.insert(index, places);
    }
}
