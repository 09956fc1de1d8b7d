//! Octets that claim to be marshalled values from a worker: the decoder ends, within its bounds,
//! without a panic; what it reads as a response comes back when it is encoded again.
#![no_main]

use std::path::PathBuf;

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use scaffold::wire::{
    Loaded,
    exceptions::{MAX_LINES, Relation},
    marshal::{Decoder, Encoder},
    message::{ApplicationError, Report, ResponseHead},
};

fuzz_target!(|octets: &[u8]| {
    let payload = Bytes::copy_from_slice(octets);
    let mut decoder = Decoder::new(payload.clone());
    // Each octet chooses what is asked for next: any order must be safe.
    for choice in octets {
        let _ = match choice % 6 {
            0 => decoder.int().map(drop),
            1 => decoder.bytes().map(drop),
            2 => decoder.utf8().map(drop),
            3 => decoder.text().map(drop),
            4 => decoder.tuple().map(drop),
            _ => decoder.list().map(drop),
        };
    }

    // What ends with exceptions: each belongs to an earlier one, and marks begin before they end.
    let exceptions = match ApplicationError::decode(payload.clone()) {
        Ok(error) => error.exceptions,
        Err(_) => match Report::decode(payload.clone()) {
            Ok(report) => report.exceptions().to_vec(),
            Err(_) => Vec::new(),
        },
    };
    for (number, exception) in exceptions.iter().enumerate() {
        match exception.relation {
            Relation::Raised => assert_eq!(number, 0),
            Relation::CauseOf(of) | Relation::ContextOf(of) | Relation::MemberOf(of) => {
                assert!(of < number);
            }
            Relation::Beside => panic!("no worker sends that"),
        }
        for frame in &exception.frames {
            assert!(frame.mark.start <= frame.mark.end && frame.source.len() <= MAX_LINES);
        }
    }

    if let Ok(loaded) = Loaded::decode(payload.clone()) {
        let mut again = BytesMut::new();
        let mut encoder = Encoder::new(&mut again);
        encoder.tuple(4);
        encode_paths(&mut encoder, &loaded.files);
        encoder.list(loaded.modules.len());
        for module in &loaded.modules {
            encoder.text(module);
        }
        encode_paths(&mut encoder, &loaded.templates);
        encode_paths(&mut encoder, &loaded.uploads);
        assert_eq!(Loaded::decode(again.freeze()), Ok(loaded));
    }

    let Ok((head, body)) = ResponseHead::from_response(payload) else {
        return;
    };
    let mut again = BytesMut::new();
    let mut encoder = Encoder::new(&mut again);
    encoder.tuple(3);
    encoder.latin1(&head.status);
    encoder.list(head.headers.len());
    for (name, value) in &head.headers {
        encoder.tuple(2);
        encoder.latin1(name);
        encoder.latin1(value);
    }
    encoder.bytes(&body);
    let decoded = ResponseHead::from_response(again.freeze());
    assert_eq!(decoded, Ok((head, body)));
});

fn encode_paths(encoder: &mut Encoder<'_>, paths: &[PathBuf]) {
    encoder.list(paths.len());
    for path in paths {
        encoder.bytes(path.as_os_str().as_encoded_bytes());
    }
}
