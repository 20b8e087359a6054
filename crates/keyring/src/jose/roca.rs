//! RSA keys of the chip library of CVE-2017-15361 (ROCA): their primes are guessable, and the modulus shows it.

/// Whether the modulus is a power of 65537 modulo every one of the small primes. By chance less than one key in a
/// hundred million is.
pub(super) fn has_its_mark(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| {
        let rest = modulus
            .iter()
            .fold(0, |rest, byte| (rest << 8 | u32::from(*byte)) % prime);
        powers(65_537 % prime, *prime).any(|power| power == rest)
    })
}

fn powers(base: u32, prime: u32) -> impl Iterator<Item = u32> {
    let mut power = 1;
    (0..prime).map(move |_| {
        power = power * base % prime;
        power
    })
}

const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_65537_have_the_mark_and_their_neighbours_do_not() {
        assert!(has_its_mark(&[1]));
        assert!(has_its_mark(&[1, 0, 1]));
        assert!(has_its_mark(&[1, 0, 2, 0, 1]));
        assert!(!has_its_mark(&[1, 0, 2, 0, 3]));
        assert!(!has_its_mark(&[]));
    }
}
