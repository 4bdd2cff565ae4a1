import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReach, parseAllow } from './reach.ts'

const url = (text: string) => new URL(text)

test('addresses of this machine, its networks and every special purpose are out of reach, public ones are not', () => {
  const { mayAsk } = createReach([])
  for (const address of [
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.170',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd12:3456:789a::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    '2001:db8::1',
    'localhost',
    '',
  ])
    assert.equal(mayAsk(address), false, address)
  for (const address of ['8.8.8.8', '140.82.121.6', '172.32.0.1', '100.128.0.1', '2606:50c0:8000::153', '2a00:1450::1'])
    assert.equal(mayAsk(address), true, address)
})

test('an allow-list opens the network, the address, the host, the port or the origin that it names, and nothing beside it', () => {
  const { mayAsk, isNamed } = createReach([
    '10.0.0.0/8',
    '[fd00::7]',
    'intern.example.com',
    'Box:8080',
    '*.corp.example',
    'http://127.0.0.1:4180',
  ])
  assert.deepEqual(['10.9.9.9', '11.0.0.1', 'fd00::7', 'fd00::8', '127.0.0.1', '::ffff:10.0.0.1'].map(mayAsk), [
    true,
    true,
    true,
    false,
    false,
    true,
  ])
  for (const [text, named] of [
    ['https://intern.example.com/x', true],
    ['http://intern.example.com:81/x', true],
    ['http://intern.example.com.evil.example/', false],
    ['http://box:8080/', true],
    ['http://box/', false],
    ['http://a.corp.example/', true],
    ['http://corp.example/', false],
    ['http://evilcorp.example/', false],
    ['http://127.0.0.1:4180/x', true],
    ['http://127.0.0.1:4181/x', false],
    ['https://127.0.0.1:4180/x', false],
  ] as const)
    assert.equal(isNamed(url(text)), named, text)
})

test('what is neither host nor network is refused', () => {
  for (const wrong of ['10.0.0.0/33', 'a b', 'http://', 'host/path', 'http://u@host'])
    assert.throws(() => createReach([wrong]), { code: 'invalid' }, wrong)
  assert.deepEqual(parseAllow(' a, ,10.0.0.0/8 '), ['a', '10.0.0.0/8'])
  assert.deepEqual(parseAllow(undefined), [])
})
