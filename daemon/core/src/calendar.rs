//! The civil calendar: dates as days and seconds since 1970-01-01 00:00:00 UTC. The Gregorian
//! calendar is taken to have been in force always.

/// Seconds of a day.
pub const DAY: i64 = 86_400;
/// Days from 1 March of year 0 to 1 January 1970.
const EPOCH: i64 = 719_468;
/// Days in 400 years.
const ERA: i64 = 146_097;

/// Days since 1970 of a date. The year begins in March, so that the leap day is its last.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day = (153 * month + 2) / 5 + day - 1;
    era * ERA + year * 365 + year / 4 - year / 100 + day - EPOCH
}

/// Year, month and day of so many days since 1970; the reverse of [`days`].
pub fn civil(days: i64) -> [i64; 3] {
    let days = days + EPOCH;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = year + era * 400 + i64::from(month >= 10);
    [year, (month + 2) % 12 + 1, day]
}

/// Seconds since 1970 of year, month, day and hour, minute, second (60 is a leap second); `None`
/// for what is no date or no time of day.
pub fn unix([year, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> Option<i64> {
    let number = days(year, month, day);
    let exists = (1..=12).contains(&month) && civil(number) == [year, month, day];
    let on_the_clock =
        (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    (exists && on_the_clock).then(|| number * DAY + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_800_years_comes_back() {
        for day in -100_000..200_000 {
            let [year, month, date] = civil(day);
            assert_eq!(days(year, month, date), day);
        }
    }
}
