/** Builds what GitHub runs, action/dist: a script, the parts that it loads when it needs them, and the proto file that zeebe-node reads beside it. `--check` fails where the committed bundle is stale. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = `${root}action/dist`
const protoPath = "path.join(__dirname, '../../proto/zeebe.proto')"

if (process.argv.includes('--check')) await check()
else await write()

async function write(): Promise<void> {
  const files = await bundle()
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of files) await writeFile(`${folder}/${name}`, bytes)
  for (const [name, bytes] of files) console.log(`action/dist/${name}: ${Math.ceil(bytes.length / 1024)} KiB`)
}

async function check(): Promise<void> {
  const files = await bundle()
  const committed: string[] = await readdir(folder).catch(() => [])
  const stale = [...new Set([...files.keys(), ...committed])].filter(
    (name) => !committed.includes(name) || !files.has(name),
  )
  for (const [name, bytes] of files) {
    if (committed.includes(name) && !bytes.equals(await readFile(`${folder}/${name}`))) stale.push(name)
  }
  if (stale.length === 0) return console.log('action/dist is what the sources make')
  console.error(`action/dist is stale (${stale.join(', ')}): run 'npm run build' and commit it`)
  process.exitCode = 1
}

/** The files of action/dist by name. The same sources and packages give the same bytes on every machine. */
async function bundle(): Promise<Map<string, Buffer>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['action/main.ts'],
    outdir: '.',
    entryNames: '[name]',
    chunkNames: 'part-[hash]',
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'inline',
    logLevel: 'warning',
    // Packages in CommonJS call require, which a module does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'\nconst require = __createRequire(import.meta.url)\nconst __bundleUrl = import.meta.url",
    },
    plugins: [protoBesideBundle(), unusedLeftOut()],
  })
  const proto = await readFile(`${root}node_modules/zeebe-node/proto/zeebe.proto`)
  const scripts = outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)] as const)
  return new Map([...scripts, ['zeebe.proto', proto]])
}

/** zeebe-node looks for its proto file beside its own sources; in the bundle it lies beside the bundle. */
function protoBesideBundle(): Plugin {
  return {
    name: 'proto-beside-bundle',
    setup({ onLoad }) {
      onLoad({ filter: /zeebe-node[\\/]dist[\\/]zb[\\/]ZBClient\.js$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8')
        if (!source.includes(protoPath)) throw new Error(`${path} no longer says ${protoPath}: mend scripts/build.ts`)
        return {
          contents: source.replace(
            protoPath,
            "require('node:url').fileURLToPath(new URL('./zeebe.proto', __bundleUrl))",
          ),
          loader: 'js',
        }
      })
    },
  }
}

/** @actions/core brings a client for OpenID tokens, and with it all of undici, that nothing here asks for. */
function unusedLeftOut(): Plugin {
  return {
    name: 'unused-left-out',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^\.\/oidc-utils\.js$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === 'resolved' || !importer.includes('@actions')) return undefined
        const found = await resolve(path, { importer, resolveDir, kind, pluginData: 'resolved' })
        return { ...found, sideEffects: false }
      })
    },
  }
}
