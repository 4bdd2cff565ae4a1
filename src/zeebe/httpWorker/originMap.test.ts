import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mappedHosts, mapUrl, parseMap } from './originMap.ts'

const map = parseMap([
  'https://api.github.com=http://127.0.0.1:8080',
  'https://ghe.example/api/v3=http://127.0.0.1:8080/hub/',
])
const mapped = (url: string) => mapUrl(new URL(url), map).href

test('an origin is replaced, path and query stay', () => {
  assert.equal(
    mapped('https://api.github.com/repos/a/b/dispatches?x=1'),
    'http://127.0.0.1:8080/repos/a/b/dispatches?x=1',
  )
  assert.equal(mapped('https://api.github.com'), 'http://127.0.0.1:8080/')
  assert.equal(mapped('https://ghe.example/api/v3/repos/a/b'), 'http://127.0.0.1:8080/hub/repos/a/b')
})

test('what only looks alike stays', () => {
  for (const url of [
    'https://api.github.com.evil.example/',
    'http://api.github.com/',
    'https://api.github.com:444/',
    'https://ghe.example/api/v33/x',
  ]) {
    assert.equal(mapped(url), url)
  }
})

test('the stand-ins of an origin are known, and what is no mapping is refused', () => {
  assert.deepEqual(mappedHosts(map, 'https://api.github.com'), ['http://127.0.0.1:8080'])
  for (const text of ['', 'https://a', 'a=b', 'https://a=ftp://b'])
    assert.throws(() => parseMap([text]), { code: 'invalid' }, text)
})
