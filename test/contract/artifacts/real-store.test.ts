// The store contract, kept by a real S3 server where there is one.

import { describeNeeding } from '../../rig/needs.ts'
import { realStore } from '../../rig/stores.ts'
import { storeContract } from './store-contract.ts'

describeNeeding({ s3: true }, 'real S3 store', () => storeContract(realStore))
