//! docs/threats.md names constants of the source: each link leads to a file that has the name.

use super::root;

#[test]
fn every_constant_of_the_threats_is_where_they_say() {
    let docs = root().join("docs");
    let text = std::fs::read_to_string(docs.join("threats.md")).unwrap();
    let mut links = 0;
    for (at, _) in text.match_indices("](") {
        let target = text[at + 2..].split(')').next().unwrap();
        let file = docs.join(target);
        let name = text[..at].rsplit('[').next().unwrap();
        links += 1;
        let Some(constant) = name.strip_prefix('`').and_then(|it| it.strip_suffix('`')) else {
            assert!(file.exists(), "[{name}]({target})");
            continue;
        };
        let source = std::fs::read_to_string(&file).unwrap_or_default();
        let definition = format!("const {constant}:");
        assert!(source.contains(&definition), "[{name}]({target})");
    }
    assert!(links > 40, "only {links} links were found");
}
