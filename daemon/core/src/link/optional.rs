//! Commands that a server may lack. Whatever words it refuses one in, another command may tell as
//! much; and what it lacks is not asked again in the same session.

use super::handle::Link;
use crate::api::failure::Failure;
use crate::at::command::Command;

impl Link {
    /// Sends a command that the server may lack. The inner error is its refusal, now or before.
    ///
    /// # Errors
    /// As [`Link::send`], without refusals.
    pub async fn try_send<C: Command>(
        &self,
        command: C,
    ) -> Result<Result<C::Reply, Failure>, Failure> {
        match self.lack::<C>() {
            Some(refusal) => Ok(Err(refusal)),
            None => self.refused_or::<C>(self.send(command).await),
        }
    }

    /// As [`Link::try_send`], for a command that brings a listing.
    ///
    /// # Errors
    /// As [`Link::receive_listing`], without refusals.
    pub async fn try_listing<C: Command>(
        &self,
        command: C,
    ) -> Result<Result<C::Reply, Failure>, Failure> {
        match self.lack::<C>() {
            Some(refusal) => Ok(Err(refusal)),
            None => self.refused_or::<C>(self.receive_listing(command).await),
        }
    }

    fn refused_or<C: Command>(
        &self,
        result: Result<C::Reply, Failure>,
    ) -> Result<Result<C::Reply, Failure>, Failure> {
        match result {
            Ok(reply) => {
                self.state.change_with(C::NAME, |state, name| {
                    let facts = &mut state.facts;
                    if !facts.is_typed {
                        facts.works_untyped.insert((facts.server.clone(), name));
                    }
                    facts.works.insert((facts.server.clone(), name));
                });
                Ok(Ok(reply))
            }
            Err(failure) if failure.is_refusal() => {
                // Whatever it is asked about, it will say the same.
                if failure.is_missing_feature() {
                    self.note_lack::<C>(&failure);
                }
                Ok(Err(failure))
            }
            Err(failure) => Err(failure),
        }
    }

    /// The server of this session lacks the command: it refused it where another one worked.
    pub fn note_lack<C: Command>(&self, refusal: &Failure) {
        let refusal = refusal.clone();
        self.state
            .change_with((C::NAME, refusal), |state, (name, refusal)| {
                let works = (state.facts.server.clone(), name);
                state.facts.works.remove(&works);
                state.facts.works_untyped.remove(&works);
                state.facts.lacks.entry(name).or_insert(refusal);
            });
    }

    /// Whether the server of this session lacks the command.
    pub fn lacks<C: Command>(&self) -> bool {
        self.lack::<C>().is_some()
    }

    fn lack<C: Command>(&self) -> Option<Failure> {
        self.state
            .get_with(C::NAME, |state, name| state.facts.lacks.get(name).cloned())
    }

    /// Whether this command has worked with the server of this session.
    pub fn has_worked<C: Command>(&self) -> bool {
        self.state.get_with(C::NAME, |state, name| {
            let facts = &state.facts;
            facts.works.contains(&(facts.server.clone(), name))
        })
    }

    /// Whether this command has worked, also while the type was as it is now ([`Link::is_typed`]).
    pub fn works_now<C: Command>(&self) -> bool {
        let before = self.state.get_with(C::NAME, |state, name| {
            let facts = &state.facts;
            facts.works_untyped.contains(&(facts.server.clone(), name))
        });
        before || (self.is_typed() && self.has_worked::<C>())
    }

    /// Whether the type of the server's configuration is in force: the module may set it only when
    /// a file is transferred, and sets another one for listings. Before, SIZE may be refused, or
    /// count the bytes of another type.
    pub fn is_typed(&self) -> bool {
        self.state.get(|state| state.facts.is_typed)
    }

    /// A data connection for this command was opened.
    pub(super) fn note_type<C: Command>(&self) {
        let of_file = matches!(C::NAME, "QFTPGET" | "QFTPPUT");
        self.state
            .change_with(of_file, |state, of_file| state.facts.is_typed = of_file);
    }
}
