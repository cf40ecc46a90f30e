// At most so many pods at once.

import { expect, test } from 'vitest'
import { createSlots } from '../../../../src/local/engine/slots.ts'

const never = new AbortController().signal

test('slots are given out in order, each once', async () => {
  const slots = createSlots(1)
  const first = await slots.take(never)
  const order: string[] = []
  const second = slots.take(never).then((giveBack) => (order.push('second'), giveBack))
  const third = slots.take(never).then((giveBack) => (order.push('third'), giveBack))
  first()
  // Twice by mistake must not make two of one.
  first()
  const giveBack = await second
  expect(order).toEqual(['second'])
  giveBack()
  await third
  expect(order).toEqual(['second', 'third'])
})

test('who gives up waiting does not keep the others waiting', async () => {
  const slots = createSlots(1)
  const first = await slots.take(never)
  const abort = new AbortController()
  const impatient = slots.take(abort.signal)
  const patient = slots.take(never)
  abort.abort(new Error('enough'))
  await expect(impatient).rejects.toThrow('enough')
  first()
  await expect(patient).resolves.toBeTypeOf('function')
})
