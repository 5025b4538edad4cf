//! One test for each server.

/// Makes a test of the function `$body` for each named [`crate::Kind`]:
/// `on! { vsftpd = Vsftpd, proftpd = Proftpd => round_trip }`.
#[macro_export]
macro_rules! on {
    ($($name:ident = $kind:ident),* $(,)? => $body:path) => {
        $(#[test]
        fn $name() {
            $body($crate::Kind::$kind);
        })*
    };
}
