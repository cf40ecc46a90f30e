// The store contract, kept by the embedded store.

import { describe } from 'vitest'
import { startEmbeddedStore } from '../../rig/stores.ts'
import { storeContract } from './store-contract.ts'

describe('embedded store', () => storeContract(startEmbeddedStore))
