//! The listener over real sockets, with a disk that can be slow, full or mended.

mod it {
    mod abuse;
    mod exchange;
    mod storing;
    mod support;
    mod tls;
}
