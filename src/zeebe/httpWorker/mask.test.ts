import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { maskOf } from './mask.ts'

const secret = 'ghp_a/b+c"d e&é=='

test('a secret is masked as it is, and in every form in which an answer may echo it', () => {
  const { text } = maskOf([secret])
  const echoes = {
    raw: secret,
    'URL-encoded': encodeURIComponent(secret),
    'URL-encoded in lower case': encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    'in a form': new URLSearchParams({ a: secret }).toString().slice(2),
    'JSON-escaped': JSON.stringify(secret).slice(1, -1),
    base64: Buffer.from(secret).toString('base64'),
    base64url: Buffer.from(secret).toString('base64url'),
    hex: Buffer.from(secret).toString('hex'),
    'HTML-escaped': 'ghp_a/b+c&quot;d e&amp;é==',
  }
  for (const [form, echo] of Object.entries(echoes)) assert.equal(text(`<${echo}>`), '<***>', form)
})

test('a secret within something in base64 leaves nothing of itself to be decoded', () => {
  const { text } = maskOf(['ghp_0123456789abcdef'])
  for (const user of ['', 'u', 'us', 'use', 'user', 'x-access-token']) {
    const credential = Buffer.from(`${user}:ghp_0123456789abcdef`).toString('base64')
    const left = Buffer.from(text(credential).replace('***', ''), 'base64').toString('latin1')
    assert.match(text(credential), /\*\*\*/, user)
    assert.doesNotMatch(left, /0123456789/, user)
  }
})

test('a secret in pieces is masked where each is half of it, or has 16 characters; a word in common is left', () => {
  const token = 'github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmn'
  const { text, value } = maskOf([token, 'ghp_0123456789/abc+def'])
  for (const [cut, whole] of [
    [11, 'ghp_0123456789/abc+def'],
    [20, token],
    [46, token],
    [76, token],
  ] as const)
    assert.deepEqual(value({ a: `<${whole.slice(0, cut)}>`, b: `<${whole.slice(cut)}>` }), { a: '<***>', b: '<***>' })
  const base64 = Buffer.from(`me:${token}`).toString('base64')
  const left = [base64.slice(0, 60), base64.slice(60)].map(text)
  for (const part of left) assert.ok(part.length <= 12, part)
  assert.equal(text(`<${token.slice(30, 46)}>`), '<***>')
  for (const word of ['github_pat_', 'ghp_0123', token.slice(30, 45)]) assert.equal(text(word), word)
})

test('a long answer with a secret that repeats itself is masked in a moment', () => {
  const { text } = maskOf(['a'.repeat(200), 'ab'.repeat(100)])
  assert.ok(text('ab'.repeat(500_000)).length < 100_000)
})

test('texts, names and numbers of a JSON value are masked, and nothing else is touched', () => {
  const { value } = maskOf(['12345678'])
  const before = { a: ['x12345678y', 1, true, null], '12345678': 12345678, b: { c: 1234567 } }
  assert.deepEqual(value(before), { a: ['x***y', 1, true, null], '***': '***', b: { c: 1234567 } })
})

test('without secrets everything stays', () => {
  assert.equal(maskOf([]).text('anything'), 'anything')
})

test('whatever a secret is made of, no text with it in it shows it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, unit: 'grapheme' }), fc.string(), fc.string(), (hidden, before, after) => {
      const { text, value } = maskOf([hidden])
      assert.ok(!text(before + hidden + after).includes(hidden) || '***'.includes(hidden) || hidden.includes('***'))
      const shown = JSON.stringify(value(JSON.parse(JSON.stringify({ [before]: [hidden + after] }))))
      assert.ok(!JSON.parse(shown)[Object.keys(JSON.parse(shown))[0]!][0].includes(hidden) || hidden.includes('***'))
    }),
  )
})
