use tonic_types::ErrorDetails;

use super::*;

const RPC: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchListReviews");

#[test]
fn a_status_that_no_service_sent_is_about_nobody() {
    for code in (1..=16).map(Code::from_i32) {
        let status = Status::new(code, "made up");
        let kinds = [Ended::Not, Ended::Foreign, Ended::Cut, Ended::Status(0)]
            .map(|ended| UpstreamError::of_status(RPC, &status, ended).kind());
        let (internal, unavailable) = (FailureKind::Internal, FailureKind::Unavailable);
        assert_eq!(kinds, [internal, unavailable, unavailable, internal], "{code:?}");
        let mut broken = Status::new(code, "made up");
        broken.set_source(Arc::new(std::io::Error::other("reset")));
        let failure = UpstreamError::of_status(RPC, &broken, Ended::Not);
        assert_eq!((failure.kind(), failure.message()), (unavailable, "made up: reset"), "{code:?}");
        assert_eq!(UpstreamError::of_stream(&broken).kind(), unavailable, "{code:?}");
        for said in [
            UpstreamError::of_status(RPC, &status, Ended::Status(code.into())),
            UpstreamError::of_stream(&status),
        ] {
            assert_eq!((said.kind(), said.0.code), (kind_of(code), code));
        }
    }
}

#[test]
fn field_violations_of_one_key_do_not_reach_another() {
    let details = ErrorDetails::with_bad_request(vec![
        tonic_types::FieldViolation::new("queries[1].page_token", "is foreign"),
        tonic_types::FieldViolation::new("read_mask", "has no such path"),
    ]);
    let status = Status::with_error_details(Code::InvalidArgument, "rejected", details);
    let failure = UpstreamError::answered(&status);
    let fields = |index| {
        let violations = failure.at_key("queries", Some(index)).violations().to_vec();
        violations.into_iter().map(|it| it.field).collect::<Vec<_>>()
    };
    assert_eq!(fields(0), ["read_mask"]);
    assert_eq!(fields(1), ["page_token", "read_mask"]);
    let ids = ErrorDetails::with_bad_request_violation("ids[0]", "is no id");
    let failure = UpstreamError::answered(&Status::with_error_details(Code::InvalidArgument, "", ids));
    assert_eq!(failure.at_key("ids", Some(0)).violations()[0].field, "");
    let ids = ErrorDetails::with_bad_request_violation("ids", "are too many");
    let failure = UpstreamError::answered(&Status::with_error_details(Code::InvalidArgument, "", ids));
    assert_eq!(failure.at_key("ids", Some(0)).violations()[0].field, "ids");
    assert_eq!(failure.at_key("ids", None).violations()[0].field, "");
}

#[test]
fn the_reason_of_a_key_may_stand_in_its_details() {
    let info = pb::ErrorInfo { reason: "BOOK_GONE".into(), ..pb::ErrorInfo::default() };
    let type_url = "type.googleapis.com/google.rpc.ErrorInfo".to_owned();
    let details = [prost_types::Any { type_url, value: prost::Message::encode_to_vec(&info) }];
    let not_found = i32::from(Code::NotFound);
    let reason = |reason: &str, details: &[prost_types::Any]| {
        UpstreamError::of_key(not_found, String::new(), reason.to_owned(), details)
            .reason()
            .map(str::to_owned)
    };
    assert_eq!(reason("", &details).as_deref(), Some("BOOK_GONE"));
    assert_eq!(reason("OWN", &details).as_deref(), Some("OWN"));
    assert_eq!(reason("", &[]), None);
}

#[test]
fn a_service_may_decline_in_a_way_of_its_own() {
    let reason =
        |code, message: &str| (code == 13 && message.contains("declined")).then_some("CARD_DECLINED");
    let charge = Rpc::write("boutique.v1.PaymentService/Charge").declines(reason);
    for (message, kind, told) in [
        ("card declined", FailureKind::Declined, Some("CARD_DECLINED")),
        ("no such table", FailureKind::Internal, None),
    ] {
        let status = Status::internal(message);
        let error = UpstreamError::of_status(charge, &status, Ended::Status(13));
        assert_eq!((error.kind(), error.reason(), error.code()), (kind, told, "INTERNAL"));
        // What no service said is no answer of one.
        let cut = UpstreamError::of_status(charge, &status, Ended::Cut);
        assert_eq!(cut.kind(), FailureKind::Unavailable);
    }
}
