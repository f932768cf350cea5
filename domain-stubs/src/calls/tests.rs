use super::*;

fn call(rpc: usize) -> Call {
    Call { rpc: rpc.to_string(), ..Call::default() }
}

#[tokio::test]
async fn only_the_newest_thousand_are_remembered() {
    let calls = Calls::new();
    let oldest = calls.begin(call(0));
    for rpc in 1..=CAPACITY {
        calls.begin(call(rpc)).finish(Code::Ok);
    }
    oldest.finish(Code::Ok);
    let listed = calls.list();
    assert_eq!((listed.len(), listed[0].rpc.as_str()), (CAPACITY, "1"));
}

#[tokio::test]
async fn a_call_that_was_forgotten_while_it_ran_ends_as_nobody_else() {
    let calls = Calls::new();
    let forgotten = calls.begin(call(0));
    calls.clear();
    let _running = calls.begin(call(1));
    forgotten.finish(Code::Ok);
    assert_eq!(calls.list(), [call(1)]);
}

#[tokio::test]
async fn waiting_ends_with_the_change_that_is_waited_for() {
    let calls = Calls::new();
    let running = calls.begin(call(0));
    let ended = calls.wait_until(|calls| calls[0].end() == CallEnd::Cancelled);
    let (ended, ()) = tokio::join!(ended, async { drop(running) });
    assert_eq!(ended.len(), 1);
}
