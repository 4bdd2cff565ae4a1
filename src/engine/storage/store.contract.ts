import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineStore } from './store.ts'

/** What every store must do. `open` opens the store at a place; opened twice, the second sees what the first saved. */
export function testEngineStore(name: string, openPlace: () => Promise<() => Promise<EngineStore>>): void {
  test(`${name}: a new place holds no document`, async () => {
    const open = await openPlace()
    const store = await open()
    assert.equal((await store.load()).size, 0)
    await store.close()
  })

  test(`${name}: what was saved is there when it is opened again`, async () => {
    const open = await openPlace()
    const store = await open()
    await store.save(
      new Map<string, unknown>([
        [`engine.json`, { id: 'e', counter: 2 ** 40 }],
        ['instances/7.json', sample],
      ]),
      'first',
    )
    await store.save(new Map<string, unknown>([['instances/8.json', { key: 8 }]]), 'second')
    await store.close()
    const again = await open()
    const documents = await again.load()
    assert.deepEqual([...documents.keys()].sort(), ['engine.json', 'instances/7.json', 'instances/8.json'])
    assert.deepEqual(documents.get('instances/7.json'), sample)
    assert.deepEqual(documents.get('engine.json'), { id: 'e', counter: 2 ** 40 })
    await again.close()
  })

  test(`${name}: a save replaces, adds and removes at once; removing what is not there is no error`, async () => {
    const open = await openPlace()
    const store = await open()
    await store.save(
      new Map<string, unknown>([
        ['a.json', { n: 1 }],
        ['b.json', { n: 1 }],
      ]),
      'first',
    )
    await store.save(
      new Map<string, unknown>([
        ['a.json', { n: 2 }],
        ['b.json', null],
        ['c.json', { n: 3 }],
        ['d.json', null],
      ]),
      'second',
    )
    assert.deepEqual(Object.fromEntries(await store.load()), { 'a.json': { n: 2 }, 'c.json': { n: 3 } })
    await store.close()
  })

  test(`${name}: who loads or saves a document shares no object with the store`, async () => {
    const open = await openPlace()
    const store = await open()
    const document = { list: [1] }
    await store.save(new Map([['a.json', document]]), 'first')
    document.list.push(2)
    const loaded = (await store.load()).get('a.json') as typeof document
    assert.deepEqual(loaded, { list: [1] })
    loaded.list.push(3)
    assert.deepEqual((await store.load()).get('a.json'), { list: [1] })
    await store.close()
  })
}

const sample = {
  key: 2251799813685249,
  text: 'ä €  "quoted"\n',
  nested: { empty: {}, list: [], none: null, '': 'an empty name', yes: true },
  number: 1.5e-7,
}
