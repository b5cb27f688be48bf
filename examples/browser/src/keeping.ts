/** A class of the user's own sounds, as it is kept. */
export interface KeptClass {
  readonly name: string;
  /** One second each, at the sample rate of all clips. */
  readonly clips: readonly Float32Array[];
}

const store = 'classes';

/** Keeps a class in this browser (IndexedDB), in place of one of the same name. */
export function keep(sound: KeptClass): Promise<unknown> {
  return within('readwrite', (classes) => classes.put({ name: sound.name, clips: sound.clips }));
}

export function forget(name: string): Promise<unknown> {
  return within('readwrite', (classes) => classes.delete(name));
}

/** All classes that were kept, by name. */
export function kept(): Promise<KeptClass[]> {
  return within('readonly', (classes) => classes.getAll() as IDBRequest<KeptClass[]>);
}

async function within<T>(
  mode: IDBTransactionMode,
  ask: (classes: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open('onnx-autograd-sounds', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(store, { keyPath: 'name' });
  const database = await answer(opening);
  try {
    return await answer(ask(database.transaction(store, mode).objectStore(store)));
  } finally {
    database.close();
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
