//! Known dates, and every day of eight centuries.

use time::{Date, Month};

use super::super::time::mdtm;

#[test]
fn known_times() {
    for (text, want) in [
        ("19700101000000", 0),
        ("19691231235959", -1),
        ("20000229000000", 951_782_400),
        ("20260807141117", 1_786_111_877),
        ("20260807141117.999", 1_786_111_877),
        ("20161231235960", 1_483_228_800),
        ("99991231235959", 253_402_300_799),
        ("00000101000000", -62_167_219_200),
    ] {
        assert_eq!(mdtm(text), Some(want), "{text}");
    }
}

#[test]
fn texts_that_are_no_time() {
    for text in [
        "",
        "2026080714111",
        "202608071411177",
        "191000807141117",
        "20260807141117.",
        "20260807141117.x",
        "20260807141117.1.2",
        ".20260807141117",
        " 20260807141117",
        "+2026080714111",
        "2026080714111é",
        "20261307141117",
        "20260007141117",
        "20260832141117",
        "20260800141117",
        "20230229000000",
        "19000229000000",
        "20260807241117",
        "20260807146017",
        "20260807141161",
    ] {
        assert_eq!(mdtm(text), None, "{text}");
    }
}

/// Days since 1970.
fn days(year: i32, month: u8, day: u8) -> i64 {
    let month = Month::try_from(month).unwrap();
    let date = Date::from_calendar_date(year, month, day).unwrap();
    i64::from(date.to_julian_day() - Date::from_ordinal_date(1970, 1).unwrap().to_julian_day())
}

#[test]
fn every_day_follows_the_one_before() {
    let mut day = days(1600, 1, 1);
    assert_eq!(day, -135_140);
    for year in 1600..2400 {
        for month in 1..=12 {
            for of_month in 1..=31 {
                if let Some(time) = mdtm(&format!("{year}{month:02}{of_month:02}000000")) {
                    assert_eq!(days(year, month, of_month), day);
                    assert_eq!(time, day * 86_400);
                    day += 1;
                }
            }
        }
    }
    assert_eq!(day - days(1600, 1, 1), 2 * 146_097);
}
