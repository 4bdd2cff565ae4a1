import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns'
import { once } from 'node:events'
import type { LookupFunction } from 'node:net'
import type { TestContext } from 'node:test'

/** A DNS server of one's own on this machine, which answers as the test says, and a way to look names up at it alone. */
export async function startNameServer(t: TestContext, answer: (name: string, count: number) => readonly string[]) {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (question, { port, address }) => {
    const name = nameIn(question)
    const isIpv4 = question.readUInt16BE(question.indexOf(0, 12) + 1) === 1
    if (isIpv4) asked.push(name)
    const addresses = isIpv4 ? answer(name, asked.filter((each) => each === name).length) : []
    socket.send(replyTo(question, addresses), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  const lookup: LookupFunction = (name, options, callback) =>
    resolver.resolve4(name, (error, addresses = []) => {
      if (options.all)
        return callback(
          error,
          addresses.map((address) => ({ address, family: 4 })),
        )
      callback(error, addresses[0] ?? '', 4)
    })
  return { asked, lookup }
}

/** Labels with their lengths before them (RFC 1035 §4.1.2). */
function nameIn(question: Buffer): string {
  const labels: string[] = []
  for (let at = 12; question[at]! > 0; at += question[at]! + 1)
    labels.push(question.toString('latin1', at + 1, at + 1 + question[at]!))
  return labels.join('.')
}

function replyTo(question: Buffer, addresses: readonly string[]): Buffer {
  const end = question.indexOf(0, 12) + 5
  const reply = Buffer.from(question.subarray(0, end))
  // An answer, of one who knows for sure; so many records of it, and nothing else.
  reply.writeUInt16BE(0x8580, 2)
  reply.writeUInt16BE(addresses.length, 6)
  reply.writeUInt32BE(0, 8)
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  )
  return Buffer.concat([reply, ...records])
}
