/** What better-sqlite3 is put to by itself and in worker threads. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bytes, digest, load } from './report.mjs';

const Database = load('better-sqlite3');
const rows = 10_000;

/** Writes rows, reads them back, makes a backup and reads that. */
export async function useDatabase() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-sqlite-'));
  try {
    const database = new Database(path.join(folder, 'data.db'));
    fill(database);
    const copy = path.join(folder, 'copy.db');
    await database.backup(copy);
    const results = [digestOf(database), digestOf(new Database(copy))];
    return { rows: database.prepare('SELECT count(*) FROM items').pluck().get(), results };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fill(database) {
  database.exec('CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, data BLOB)');
  const insert = database.prepare('INSERT INTO items (name, data) VALUES (?, ?)');
  database.transaction(() => {
    for (let index = 0; index < rows; index++) insert.run(`item ${index}`, bytes(200, index));
  })();
}

function digestOf(database) {
  const all = database.prepare('SELECT id, name, data FROM items ORDER BY name').all();
  return digest(...all.flatMap(({ id, name, data }) => [String(id), name, data]));
}
