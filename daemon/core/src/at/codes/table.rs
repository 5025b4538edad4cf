//! The macro that defines a table of error codes.

/// Defines the codes of a table: number, name, text.
macro_rules! codes {
    ($(#[$doc:meta])* $table:ident { $($code:literal $name:ident $words:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $table {
            $(#[doc = concat!(stringify!($code), ": ", $words, ".")] $name = $code,)+
        }

        impl $table {
            /// Every code of the table, in its order.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code with this number; `None` if the table does not have it.
            pub fn from_code(code: u32) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// Its number.
            pub const fn code(self) -> u32 {
                self as u32
            }

            /// Its text.
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)+
                }
            }
        }
    };
}
pub(super) use codes;
