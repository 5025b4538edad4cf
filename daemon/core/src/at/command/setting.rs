//! `setting!`: implements a command that is answered by the final result code alone.

/// Implements [`Command`](super::Command) for a type. Parameters: the type, the command's name, its
/// [`CommandKind`](crate::at::codes::CommandKind), optionally its time-out, and how its command
/// line is written.
macro_rules! setting {
    ($type:ty, $name:literal, $kind:ident, |$command:ident, $line:ident| $compose:expr) => {
        $crate::at::command::setting::setting!(
            $type,
            $name,
            $kind,
            $crate::at::command::Patience::SHORT,
            |$command, $line| $compose
        );
    };
    ($type:ty, $name:literal, $kind:ident, $patience:expr, |$command:ident, $line:ident| $compose:expr) => {
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
                let kind = $crate::at::codes::CommandKind::$kind;
                $crate::at::command::reading::done(self, kind, answer)
            }
        }
    };
}
pub(super) use setting;
