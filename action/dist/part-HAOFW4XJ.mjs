import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __bundleUrl = import.meta.url
import{AsyncLocalStorage}from"node:async_hooks";import{setImmediate}from"node:timers/promises";var fail=new AsyncLocalStorage;function runGuarded(run,nextTurn=setImmediate){let{promise,resolve,reject}=Promise.withResolvers();return fail.run(reject,()=>runToEnd(run,nextTurn).then(resolve,reject)),promise}async function runToEnd(run,nextTurn){let result=await run();return await nextTurn(),result}function failItsRun(error){let failRun=fail.getStore();return failRun?.(error),failRun!==void 0}export{runGuarded,failItsRun};
