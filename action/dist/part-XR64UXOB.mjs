import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __bundleUrl = import.meta.url
import{AsyncLocalStorage}from"node:async_hooks";import{setImmediate}from"node:timers/promises";var fail=new AsyncLocalStorage;async function runGuarded(run){let{promise,resolve,reject}=Promise.withResolvers();return fail.run(reject,()=>{Promise.resolve().then(run).then(result=>setImmediate(result)).then(resolve,reject)}),await promise}function failItsRun(error){let failRun=fail.getStore();return failRun?.(error),failRun!==void 0}export{runGuarded,failItsRun};
