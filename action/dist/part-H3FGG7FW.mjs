import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __bundleUrl = import.meta.url
var codes=new Set(["not_found","conflict","invalid","unauthorized","unavailable","internal"]),CommitbaseError=class extends Error{code;constructor(code,message,options){super(message,options),this.name="CommitbaseError",this.code=code}};function codeOf(error){let code=typeof error=="object"&&error!==null&&"code"in error?error.code:void 0;return typeof code=="string"&&codes.has(code)?code:"internal"}function messageOf(error){return error instanceof Error?error.message:String(error)}export{CommitbaseError,codeOf,messageOf};
