// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders under test
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Found, namesIn, render, renderDeep } from './template.ts'

const known: Record<string, Found> = {
  repo: { value: 'me/shop' },
  n: { value: 7 },
  none: { value: null },
  list: { value: [1, 'a'] },
  html: { value: '<a & "b">' },
  trick: { value: '{{Token}} ${Token}' },
  Token: { value: 's3cret', secret: 'Token' },
}
const lookup = (name: string) => (Object.hasOwn(known, name) ? known[name] : undefined)

test('placeholders of all forms are replaced, without HTML escaping', () => {
  assert.equal(
    render('{{repo}} {{ repo }} {{{repo}}} {{&repo}} ${repo}', lookup),
    'me/shop me/shop me/shop me/shop me/shop',
  )
  assert.equal(render('{{html}}', lookup), '<a & "b">')
  assert.equal(render('{{n}} {{none}} {{list}}', lookup), '7  [1,"a"]')
})

test('an unknown name is nothing in braces, and stays after a dollar', () => {
  assert.equal(render('a{{what}}b ${what}', lookup), 'ab ${what}')
})

test('what was put in is not looked through again', () => {
  assert.equal(render('{{trick}}', lookup), '{{Token}} ${Token}')
})

test('secrets are reported, or left as they are', () => {
  const used = new Set<string>()
  assert.equal(render('Bearer {{Token}}', lookup, { used }), 'Bearer s3cret')
  assert.deepEqual([...used], ['Token'])
  assert.equal(
    render('Bearer {{ Token }} of {{repo}}', lookup, { withoutSecrets: true }),
    'Bearer {{ Token }} of me/shop',
  )
})

test('in a JSON value each text is a template, names are not, and what is unknown is somebody’s data', () => {
  const value = { '{{repo}}': ['{{repo}}', 1, null, { a: 'a {{smile}} ${x}' }] }
  assert.deepEqual(renderDeep(value, lookup), { '{{repo}}': ['me/shop', 1, null, { a: 'a {{smile}} ${x}' }] })
})

test('the names in a text are told', () => {
  assert.deepEqual(namesIn('{{a}} and ${b} and {{{ c.d }}}'), ['a', 'b', 'c.d'])
})
