//! Rules against data that others published.

mod it {
    mod feed;
}
