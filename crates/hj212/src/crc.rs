//! The CRC of HJ 212, at the speed of XOR.
//!
//! The standard's loop puts `(reg >> 8) ^ byte` where a CRC-16 would keep sixteen bits: the low half of the register is
//! thrown away at each byte. So the only state carried from byte to byte is the high half, eight bits, and one byte
//! turns it by a linear map: `high' = H(high ^ byte)`, where H is "eight shifts, then keep the upper half".
//!
//! H applied eight times is the identity ([`tests::eight_steps_are_none`]). Hence a byte's part in the result depends
//! only on its distance from the end **modulo eight**: all bytes with equal remainder may be XORed together first. The
//! whole segment is folded into eight bytes by XOR of words, which the compiler turns into vector instructions, and
//! only those eight pass through tables of H, H², … H⁷.
//!
//! It is also what the CRC is worth: it has 256 values, a damaged frame passes once in 256 times, and two bytes
//! that stand eight apart can be exchanged unseen. Nothing here can mend that; the length and the shape of the
//! segment have to help.

/// What the register holds before the first byte.
const START: u16 = 0xFFFF;

/// The CRC of HJ 212 (2005, 2017 and 2025) of a data segment.
pub fn crc16(segment: &[u8]) -> u16 {
    let Some(last) = segment.len().checked_sub(1) else { return START };
    let folded = fold(segment);
    // The byte at lane j stands (last - j) mod 8 places before the end.
    let mut index = POWERS[last % 8][0xFF];
    for (lane, byte) in folded.into_iter().enumerate() {
        index ^= POWERS[last.wrapping_sub(lane) % 8][usize::from(byte)];
    }
    SHIFTED[usize::from(index)]
}

/// The CRC-16/MODBUS, which some devices send by mistake.
pub fn crc16_modbus(segment: &[u8]) -> u16 {
    segment
        .iter()
        .fold(START, |register, byte| (register >> 8) ^ SHIFTED[usize::from((register as u8) ^ byte)])
}

/// The XOR of all bytes at equal places modulo eight.
fn fold(bytes: &[u8]) -> [u8; 8] {
    const WIDE: usize = 64;
    let mut wide = [0u8; WIDE];
    let mut chunks = bytes.chunks_exact(WIDE);
    for chunk in &mut chunks {
        for (sum, byte) in wide.iter_mut().zip(chunk) {
            *sum ^= byte;
        }
    }
    let rest = chunks.remainder();
    let mut sum = 0u64;
    for word in wide.chunks_exact(8).chain(rest.chunks_exact(8)) {
        sum ^= u64::from_le_bytes(word.try_into().unwrap_or_default());
    }
    let mut sum = sum.to_le_bytes();
    for (sum, byte) in sum.iter_mut().zip(rest.chunks_exact(8).remainder()) {
        *sum ^= byte;
    }
    sum
}

/// The standard's eight shifts, for each value of the low byte.
static SHIFTED: [u16; 256] = {
    let mut table = [0u16; 256];
    let mut index = 0;
    while index < 256 {
        table[index] = shifted(index as u16);
        index += 1;
    }
    table
};

/// H applied 0 to 7 times.
static POWERS: [[u8; 256]; 8] = {
    let mut tables = [[0u8; 256]; 8];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u8;
        let mut power = 0;
        while power < 8 {
            tables[power][index] = value;
            value = (shifted(value as u16) >> 8) as u8;
            power += 1;
        }
        index += 1;
    }
    tables
};

const fn shifted(mut register: u16) -> u16 {
    let mut bit = 0;
    while bit < 8 {
        let low = register & 1;
        register >>= 1;
        if low == 1 {
            register ^= 0xA001;
        }
        bit += 1;
    }
    register
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The loop as the standard prints it.
    fn by_definition(segment: &[u8]) -> u16 {
        let mut register = START;
        for byte in segment {
            register = (register >> 8) ^ u16::from(*byte);
            for _ in 0..8 {
                let low = register & 1;
                register >>= 1;
                if low == 1 {
                    register ^= 0xA001;
                }
            }
        }
        register
    }

    fn check(segment: &str, hj212: u16, modbus: u16) {
        assert_eq!(format!("{:04X}", crc16(segment.as_bytes())), format!("{hj212:04X}"), "{segment}");
        assert_eq!(format!("{:04X}", crc16_modbus(segment.as_bytes())), format!("{modbus:04X}"), "{segment}");
    }

    #[test]
    fn vectors() {
        check(
            "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&",
            0x1C80,
            0x0759,
        );
        check(
            "ST=22;CN=2011;PW=123456;MN=120112TJTGGN13;CP=&&DataTime=20150811151200;PM10-Rtd=89.59,PM10-Flag=N;TSP-Rtd=133.71,TSP-Flag=N&&",
            0xC241,
            0x0EED,
        );
        check(
            "QN=20040516010101001;ST=32;CN=2051;PW=123456;MN=88888880000001;Flag=3;CP=&&BeginTime=20040506111000,EndTime=20040506151000&&",
            0x6B80,
            0xAC73,
        );
        check(
            "ST=32;CN=2011;PW=123456;MN=NJGDKYYC202101q0001w0001;CP=&&DataTime=20210305003817000;ele01-Rtd=1;ele02-Rtd=0&&",
            0x8C41,
            0x5553,
        );
        check("123456789", 0x2F80, 0x4B37);
        check("A", 0x7080, 0x707F);
        check("", 0xFFFF, 0xFFFF);
    }

    /// What the fast form rests on.
    #[test]
    fn eight_steps_are_none() {
        for byte in 0..=255u8 {
            assert_eq!((SHIFTED[usize::from(POWERS[7][usize::from(byte)])] >> 8) as u8, byte);
        }
    }

    #[test]
    fn every_short_length() {
        let bytes: Vec<u8> =
            (0..1100u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for length in 0..bytes.len() {
            assert_eq!(crc16(&bytes[..length]), by_definition(&bytes[..length]), "{length}");
        }
    }

    proptest! {
        #[test]
        fn as_the_standard_prints_it(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert_eq!(crc16(&bytes), by_definition(&bytes));
        }
    }
}
