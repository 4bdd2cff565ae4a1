/**
 * Renders every process model of `bpmn/` as a picture in `docs/guides/images/`, with bpmn-js in a Chromium. `--check` needs no
 * browser: it only says which pictures are not of the models as they are now, each picture naming the digest of its model.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { chromium, type Page } from 'playwright-core'

const root = join(import.meta.dirname, '..')
const models = join(root, 'bpmn')
const pictures = join(root, 'docs', 'guides', 'images')
const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

try {
  if (process.argv.includes('--check')) await check()
  else await renderAll()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function check(): Promise<void> {
  const stale: string[] = []
  for (const model of await modelFiles()) if (!(await isFresh(model))) stale.push(basename(model))
  if (stale.length > 0)
    throw new Error(`no picture, or an old one, of ${stale.join(', ')}: run 'node scripts/renderModels.ts'`)
}

async function renderAll(): Promise<void> {
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] })
  try {
    const page = await openViewer(await browser.newPage())
    await mkdir(pictures, { recursive: true })
    for (const model of await modelFiles()) {
      const xml = await readFile(model, 'utf8')
      await writeFile(pictureOf(model), finish(await render(page, xml), xml))
      console.log(pictureOf(model))
    }
  } finally {
    await browser.close()
  }
}

async function modelFiles(): Promise<string[]> {
  const names = await readdir(models)
  return names
    .filter((name) => name.endsWith('.bpmn'))
    .sort()
    .map((name) => join(models, name))
}

function pictureOf(model: string): string {
  return join(pictures, `${basename(model, '.bpmn')}.svg`)
}

async function isFresh(model: string): Promise<boolean> {
  const picture = await readFile(pictureOf(model), 'utf8').catch(() => '')
  return picture.includes(digestOf(await readFile(model, 'utf8')))
}

function digestOf(xml: string): string {
  return `sha256:${createHash('sha256').update(xml).digest('hex')}`
}

function findBrowser(): string {
  const found = [process.env.CHROMIUM ?? '', ...browsers].find((path) => path !== '' && existsSync(path))
  if (found) return found
  throw new Error(
    "no Chromium found: install one ('apt-get install chromium' on Debian), or say in CHROMIUM where it is",
  )
}

async function openViewer(page: Page): Promise<Page> {
  await page.setContent('<div id="canvas" style="width: 1600px; height: 900px"></div>')
  await page.addScriptTag({
    path: createRequire(import.meta.url).resolve('bpmn-js/dist/bpmn-viewer.production.min.js'),
  })
  return page
}

interface Viewer {
  importXML(xml: string): Promise<{ warnings: { message: string }[] }>
  saveSVG(): Promise<{ svg: string }>
  destroy(): void
}

/** Gives the SVG. Throws where bpmn-js has a warning: the picture would lack something. */
async function render(page: Page, xml: string): Promise<string> {
  return page.evaluate(async (xml) => {
    const { BpmnJS } = globalThis as unknown as { BpmnJS: new (options: { container: string }) => Viewer }
    const viewer = new BpmnJS({ container: '#canvas' })
    const { warnings } = await viewer.importXML(xml)
    if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.message).join('; '))
    const { svg } = await viewer.saveSVG()
    viewer.destroy()
    return svg
  }, xml)
}

/** White below it (GitHub's dark theme shows through), the model's digest in it, and the markers' random ids numbered: the same model gives the same picture. */
function finish(svg: string, xml: string): string {
  const ids = [...new Set(Array.from(svg.matchAll(/ id="([^"]+)"/g), ([, id]) => id ?? ''))]
  const numbered = ids.reduce(
    (text, id, place) => text.replaceAll(`"${id}"`, `"m${place}"`).replaceAll(`#${id}`, `#m${place}`),
    svg,
  )
  const [, box = ''] = /viewBox="([^"]+)"/.exec(svg) ?? []
  const [x, y, width, height] = box.split(' ')
  const ground = `<!-- of the model ${digestOf(xml)} --><rect x="${x}" y="${y}" width="${width}" height="${height}" fill="white"/>`
  return numbered.replace(/<svg[^>]*>/, (opening) => opening + ground)
}
