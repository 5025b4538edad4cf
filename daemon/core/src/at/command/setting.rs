//! `setting!`: a command that is answered by the final result alone.

/// Implements [`Command`](super::Command) for such a command: its type and name, how its answer
/// is judged, perhaps how long it may take, and how its line is written.
macro_rules! setting {
    ($type:ty, $name:literal, $sense:ident, |$command:ident, $line:ident| $compose:expr) => {
        $crate::at::command::setting::setting!(
            $type,
            $name,
            $sense,
            $crate::at::command::Patience::SHORT,
            |$command, $line| $compose
        );
    };
    ($type:ty, $name:literal, $sense:ident, $patience:expr, |$command:ident, $line:ident| $compose:expr) => {
        impl $crate::at::command::Command for $type {
            type Reply = ();
            const NAME: &'static str = $name;

            fn compose(&self, $line: &mut $crate::at::command::CommandLine<'_>) {
                let $command = self;
                $compose;
            }

            fn patience(&self) -> $crate::at::command::Patience {
                $patience
            }

            fn read(
                &self,
                answer: $crate::at::answer::Answer,
            ) -> Result<(), $crate::api::failure::Failure> {
                let sense = $crate::at::codes::Sense::$sense;
                $crate::at::command::reading::done(self, sense, answer)
            }
        }
    };
}
pub(super) use setting;
