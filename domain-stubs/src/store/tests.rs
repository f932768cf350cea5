use futures_util::FutureExt as _;

use super::*;

async fn pragma(pool: &Arc<Pool>, name: &'static str) -> String {
    let value = pool.run(false, move |db| {
        let value: rusqlite::types::Value = db.pragma_query_value(None, name, |row| row.get(0))?;
        Ok(format!("{value:?}"))
    });
    value.await.unwrap()
}

fn count(db: &Connection) -> Result<i64, Refusal> {
    Ok(db.query_row("SELECT count(*) FROM seeding", [], |row| row.get(0))?)
}

#[tokio::test]
async fn on_disk_every_commit_is_synced_and_readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(Place::File(&folder.path().join("shop.db")), |_| Ok(())).unwrap();
    assert_eq!(pragma(&store.writer, "journal_mode").await, "Text(\"wal\")");
    assert_eq!(pragma(&store.writer, "synchronous").await, "Integer(2)", "2 is FULL");
    assert_eq!(pragma(&store.writer, "foreign_keys").await, "Integer(1)");
    assert_eq!(pragma(&store.readers, "query_only").await, "Integer(1)");
}

#[tokio::test]
async fn readers_on_disk_do_not_wait_for_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(Place::File(&folder.path().join("shop.db")), |_| Ok(())).unwrap();
    let (read, written) = std::sync::mpsc::channel::<()>();
    let writing = store.write(move |db| {
        db.execute("INSERT INTO seeding (seed_time) VALUES (1)", [])?;
        // The transaction stays open until the reader has read.
        written.recv().map_err(|gone| Refusal::internal(&gone))
    });
    let reading = async {
        let before = store.read(count).await.unwrap();
        read.send(()).unwrap();
        before
    };
    let (written, before) = tokio::join!(writing, reading);
    written.unwrap();
    assert_eq!((before, store.read(count).await.unwrap()), (0, 1));
}

#[tokio::test]
async fn what_is_written_is_told_when_nobody_waits_for_it_any_more() {
    let store = Store::open(Place::Memory(None), |_| Ok(())).unwrap();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel();
    let work = move |db: &Connection| {
        // Nothing is written before the waiting future is dropped.
        may_go_on.recv().map_err(|gone| Refusal::internal(&gone))?;
        Ok(db.execute("INSERT INTO seeding (seed_time) VALUES (1)", [])?)
    };
    let writing = store.write_and_tell(work, |&rows| tell.send(rows).unwrap());
    assert!(writing.now_or_never().is_none());
    go_on.send(()).unwrap();
    assert_eq!(told.await.unwrap(), 1);
    assert_eq!(store.read(count).await.unwrap(), 1);
}

#[tokio::test]
async fn a_failed_write_is_not_told() {
    let store = Store::open(Place::Memory(None), |_| Ok(())).unwrap();
    let (tell, told) = tokio::sync::oneshot::channel();
    let fail = |_: &Connection| Err::<(), _>(Refusal::internal(&"failed on purpose"));
    store.write_and_tell(fail, |()| tell.send(()).unwrap()).await.unwrap_err();
    told.await.unwrap_err();
}

#[tokio::test]
async fn a_write_that_panics_writes_nothing_and_gives_its_connection_back() {
    let store = Store::open(Place::Memory(None), |_| Ok(())).unwrap();
    let panicked = store
        .write(|db| -> Result<(), Refusal> {
            db.execute("INSERT INTO seeding (seed_time) VALUES (1)", [])?;
            panic!("on purpose")
        })
        .await;
    assert!(panicked.unwrap_err().is_internal());
    assert_eq!(store.read(count).await.unwrap(), 0);
}

#[test]
fn work_that_is_done_inline_is_done_at_once_and_without_a_runtime() {
    let store = Store::open(Place::Memory(None), |_| Ok(())).unwrap().inline(true);
    let insert = |db: &Connection| Ok(db.execute("INSERT INTO seeding (seed_time) VALUES (1)", [])?);
    assert_eq!(store.write(insert).now_or_never().unwrap().unwrap(), 1);
    assert_eq!(store.read(count).now_or_never().unwrap().unwrap(), 1);
}
