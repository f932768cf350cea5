//! bff-iot
