/**
 * The document a test page sees: a tree that parse5 builds, with the part of the DOM that testharness.js and the WebRTC
 * tests touch. It is hand-made because every node must be an `EventTarget` of Node's own, to which scripts dispatch
 * Node's own `Event`: a DOM library brings its own pair of these, and objects of the two kinds do not mix.
 *
 * There is no layout, no rendering and no navigation here; events do not bubble.
 */
import { parse, parseFragment, serialize } from 'parse5';
import { captureCanvas, withBitmap } from './canvas.mjs';
import { defineHandler } from './handlers.mjs';
import { Player } from './media_player.mjs';

const htmlNamespace = 'http://www.w3.org/1999/xhtml';

/** What `Document` and `Element` share: the tree itself. */
export class Node extends EventTarget {
  static ELEMENT_NODE = 1;
  static TEXT_NODE = 3;
  static COMMENT_NODE = 8;
  static DOCUMENT_NODE = 9;
  static DOCUMENT_TYPE_NODE = 10;
  static DOCUMENT_FRAGMENT_NODE = 11;

  ownerDocument = null;
  parentNode = null;
  childNodes = [];

  get parentElement() {
    return this.parentNode instanceof Element ? this.parentNode : null;
  }
  get isConnected() {
    for (let node = this; node; node = node.parentNode) if (node instanceof Document) return true;
    return false;
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }
  get nextSibling() {
    return sibling(this, 1);
  }
  get previousSibling() {
    return sibling(this, -1);
  }
  get children() {
    return this.childNodes.filter((node) => node instanceof Element);
  }
  get textContent() {
    return this.childNodes
      .filter((node) => !(node instanceof Comment))
      .map((node) => node.textContent)
      .join('');
  }
  set textContent(text) {
    this.replaceChildren(...(text === '' || text === null ? [] : [String(text)]));
  }

  contains(other) {
    for (let node = other; node; node = node.parentNode) if (node === this) return true;
    return false;
  }
  appendChild(child) {
    return this.insertBefore(child, null);
  }
  insertBefore(child, reference) {
    const inserted = child instanceof DocumentFragment ? [...child.childNodes] : [child];
    for (const node of inserted) {
      node.parentNode?.removeChild(node);
      const at = reference === null ? this.childNodes.length : this.childNodes.indexOf(reference);
      if (at < 0) throw new DOMException('The reference is not a child of this node', 'NotFoundError');
      this.childNodes.splice(at, 0, node);
      node.parentNode = this;
      if (node instanceof HTMLIFrameElement && node.isConnected) {
        throw new DOMException('There are no frames in this environment', 'NotSupportedError');
      }
    }
    return child;
  }
  removeChild(child) {
    const at = this.childNodes.indexOf(child);
    if (at < 0) throw new DOMException('The node is not a child of this node', 'NotFoundError');
    this.childNodes.splice(at, 1);
    child.parentNode = null;
    return child;
  }
  replaceChild(child, old) {
    this.insertBefore(child, old);
    return this.removeChild(old);
  }
  append(...nodes) {
    for (const node of nodes) this.appendChild(toNode(this, node));
  }
  prepend(...nodes) {
    const first = this.firstChild;
    for (const node of nodes) this.insertBefore(toNode(this, node), first);
  }
  replaceChildren(...nodes) {
    for (const child of [...this.childNodes]) this.removeChild(child);
    this.append(...nodes);
  }
  remove() {
    this.parentNode?.removeChild(this);
  }

  getElementsByTagName(name) {
    const wanted = name.toLowerCase();
    return descendants(this).filter((element) => wanted === '*' || element.localName === wanted);
  }
  getElementsByClassName(names) {
    return this.querySelectorAll(
      names
        .split(/\s+/)
        .filter(Boolean)
        .map((name) => `.${name}`)
        .join(''),
    );
  }
  querySelectorAll(selectors) {
    const matches = compile(selectors);
    return descendants(this).filter(matches);
  }
  querySelector(selectors) {
    return this.querySelectorAll(selectors)[0] ?? null;
  }
}

export class CharacterData extends Node {
  constructor(data = '') {
    super();
    this.data = data;
  }
  get textContent() {
    return this.data;
  }
  set textContent(text) {
    this.data = String(text);
  }
}

export class Text extends CharacterData {
  nodeType = Node.TEXT_NODE;
  nodeName = '#text';
}

export class Comment extends CharacterData {
  nodeType = Node.COMMENT_NODE;
  nodeName = '#comment';
}

export class DocumentFragment extends Node {
  nodeType = Node.DOCUMENT_FRAGMENT_NODE;
  nodeName = '#document-fragment';
}

export class Element extends Node {
  nodeType = Node.ELEMENT_NODE;
  #attributes = new Map();

  constructor(localName, namespaceURI = htmlNamespace) {
    super();
    this.localName = localName;
    this.namespaceURI = namespaceURI;
  }
  get tagName() {
    return this.namespaceURI === htmlNamespace ? this.localName.toUpperCase() : this.localName;
  }
  get nodeName() {
    return this.tagName;
  }
  get attributes() {
    return [...this.#attributes].map(([name, value]) => ({ name, value }));
  }
  getAttribute(name) {
    return this.#attributes.get(name.toLowerCase()) ?? null;
  }
  setAttribute(name, value) {
    this.#attributes.set(name.toLowerCase(), String(value));
  }
  hasAttribute(name) {
    return this.#attributes.has(name.toLowerCase());
  }
  removeAttribute(name) {
    this.#attributes.delete(name.toLowerCase());
  }
  matches(selectors) {
    return compile(selectors)(this);
  }
  closest(selectors) {
    const matches = compile(selectors);
    for (let node = this; node instanceof Element; node = node.parentNode) if (matches(node)) return node;
    return null;
  }
  get classList() {
    const names = () => new Set((this.getAttribute('class') ?? '').split(/\s+/).filter(Boolean));
    const write = (set) => this.setAttribute('class', [...set].join(' '));
    return {
      contains: (name) => names().has(name),
      add: (...added) => write(new Set([...names(), ...added])),
      remove: (...removed) => write([...names()].filter((name) => !removed.includes(name))),
    };
  }
  get innerHTML() {
    return serialize(toParse5(this));
  }
  set innerHTML(html) {
    this.replaceChildren(...parseFragment(String(html)).childNodes.map((node) => fromParse5(node, this.ownerDocument)));
  }
  getBoundingClientRect() {
    return { x: 0, y: 0, top: 0, left: 0, right: 0, bottom: 0, width: 0, height: 0 };
  }
  getClientRects() {
    return [];
  }
}

export class HTMLElement extends Element {
  style = {};
  constructor(...name) {
    super(...name);
    defineHandler(this, this, 'click');
  }
  click() {
    this.dispatchEvent(new Event('click', { cancelable: true }));
  }
  focus() {}
  blur() {}
  scrollIntoView() {}
}

/** Defines properties that give an attribute's value, as the `[Reflect]` of the HTML standard does. */
function reflect(type, strings, booleans = []) {
  for (const [property, attribute] of Object.entries(strings)) {
    Object.defineProperty(type.prototype, property, {
      get() {
        return this.getAttribute(attribute) ?? '';
      },
      set(value) {
        this.setAttribute(attribute, value);
      },
      enumerable: true,
      configurable: true,
    });
  }
  for (const name of booleans) {
    Object.defineProperty(type.prototype, name, {
      get() {
        return this.hasAttribute(name);
      },
      set(value) {
        if (value) this.setAttribute(name, '');
        else this.removeAttribute(name);
      },
      enumerable: true,
      configurable: true,
    });
  }
}
reflect(Element, { id: 'id', className: 'class' });
reflect(HTMLElement, { title: 'title', lang: 'lang' }, ['hidden']);

export class HTMLHtmlElement extends HTMLElement {}
export class HTMLHeadElement extends HTMLElement {}
export class HTMLBodyElement extends HTMLElement {}
export class HTMLDivElement extends HTMLElement {}
export class HTMLSpanElement extends HTMLElement {}

export class HTMLMetaElement extends HTMLElement {}
reflect(HTMLMetaElement, { name: 'name', content: 'content', httpEquiv: 'http-equiv' });

export class HTMLLinkElement extends HTMLElement {}
reflect(HTMLLinkElement, { rel: 'rel', href: 'href' });

export class HTMLAnchorElement extends HTMLElement {}
reflect(HTMLAnchorElement, { href: 'href', target: 'target' });

export class HTMLButtonElement extends HTMLElement {}
reflect(HTMLButtonElement, { name: 'name', value: 'value', type: 'type' }, ['disabled']);

export class HTMLInputElement extends HTMLElement {}
reflect(HTMLInputElement, { name: 'name', value: 'value', type: 'type' }, ['checked', 'disabled']);

export class HTMLScriptElement extends HTMLElement {
  get src() {
    const src = this.getAttribute('src');
    return src === null ? '' : new URL(src, this.ownerDocument.URL).href;
  }
  set src(value) {
    this.setAttribute('src', value);
  }
  get text() {
    return this.textContent;
  }
}
reflect(HTMLScriptElement, { type: 'type' }, ['async', 'defer']);

/**
 * Nothing in this environment can hold a second page. A script that adds a frame is told so, rather than left waiting for
 * the frame's `load`.
 */
export class HTMLIFrameElement extends HTMLElement {
  contentWindow = null;
  contentDocument = null;
}
reflect(HTMLIFrameElement, { src: 'src', srcdoc: 'srcdoc', allow: 'allow', name: 'name' });

export class HTMLCanvasElement extends withBitmap(HTMLElement) {
  captureStream() {
    return captureCanvas(this);
  }
}

const mediaEvents = [
  'loadstart',
  'durationchange',
  'resize',
  'loadedmetadata',
  'loadeddata',
  'canplay',
  'canplaythrough',
  'play',
  'playing',
  'pause',
  'timeupdate',
  'ratechange',
  'ended',
  'error',
  'suspend',
];
const mediaConstants = {
  NETWORK_EMPTY: 0,
  NETWORK_IDLE: 1,
  NETWORK_LOADING: 2,
  NETWORK_NO_SOURCE: 3,
  HAVE_NOTHING: 0,
  HAVE_METADATA: 1,
  HAVE_CURRENT_DATA: 2,
  HAVE_FUTURE_DATA: 3,
  HAVE_ENOUGH_DATA: 4,
};

const timeRanges = (...ranges) => ({
  length: ranges.length,
  start: (at) => ranges[at][0],
  end: (at) => ranges[at][1],
});

/** Plays streams, and nothing else: files are not loaded. */
export class HTMLMediaElement extends HTMLElement {
  volume = 1;
  seeking = false;
  error = null;
  #stream = null;
  #player = null;
  #paused = true;
  #rate = 1;
  #defaultRate = 1;
  #rateChange;

  constructor(localName) {
    super(localName);
    for (const type of mediaEvents) defineHandler(this, this, type);
  }
  get srcObject() {
    return this.#stream;
  }
  set srcObject(stream) {
    this.#player?.close();
    // Loading forgets the events that are due.
    clearImmediate(this.#rateChange);
    this.#stream = stream;
    this.#paused = true;
    this.#player = stream === null ? null : new Player(this, stream, this.localName === 'video');
    if (stream === null && this.#rate !== this.#defaultRate) this.playbackRate = this.#defaultRate;
  }
  get readyState() {
    return this.#player?.readyState ?? 0;
  }
  get networkState() {
    if (this.#player === null) return mediaConstants.NETWORK_EMPTY;
    return this.#player.started ? mediaConstants.NETWORK_LOADING : mediaConstants.NETWORK_NO_SOURCE;
  }
  get duration() {
    return this.#player?.duration ?? Number.NaN;
  }
  get ended() {
    return this.#player?.ended ?? false;
  }
  get paused() {
    return this.#paused;
  }
  get currentTime() {
    return this.#player?.currentTime ?? 0;
  }
  // A stream cannot be sought in, and nothing else is played here.
  set currentTime(_) {}
  get seekable() {
    return timeRanges();
  }
  get buffered() {
    return timeRanges();
  }
  get played() {
    return this.currentTime > 0 ? timeRanges([0, this.currentTime]) : timeRanges();
  }
  get preload() {
    return this.#stream ? 'none' : (this.getAttribute('preload') ?? 'metadata');
  }
  set preload(value) {
    if (!this.#stream) this.setAttribute('preload', value);
  }
  get playbackRate() {
    return this.#stream ? 1 : this.#rate;
  }
  set playbackRate(rate) {
    if (this.#stream || rate === this.#rate) return;
    this.#rate = rate;
    this.#rateChange = setImmediate(() => this.dispatchEvent(new Event('ratechange')));
  }
  get defaultPlaybackRate() {
    return this.#stream ? 1 : this.#defaultRate;
  }
  set defaultPlaybackRate(rate) {
    if (!this.#stream) this.#defaultRate = rate;
  }
  async play() {
    if (this.#player === null) throw new DOMException('This page plays nothing but streams', 'NotSupportedError');
    const playing = this.#player.whenPlaying();
    if (this.#paused) {
      this.#paused = false;
      setImmediate(() => this.dispatchEvent(new Event('play')));
    } else if (this.currentTime > 0) {
      return;
    }
    await playing;
  }
  pause() {
    if (this.#paused) return;
    this.#paused = true;
    setImmediate(() => this.dispatchEvent(new Event('pause')));
  }
  load() {
    this.srcObject = this.#stream;
  }
  /** Not of the standard: playback has come to the end of the stream. */
  stopAtEnd() {
    this.#paused = true;
  }
  /** Not of the standard: who plays the stream. */
  get player() {
    return this.#player;
  }
}
for (const [name, value] of Object.entries(mediaConstants)) {
  for (const object of [HTMLMediaElement, HTMLMediaElement.prototype]) Object.defineProperty(object, name, { value });
}
reflect(HTMLMediaElement, { src: 'src' }, ['autoplay', 'controls', 'loop', 'muted']);
export class HTMLAudioElement extends HTMLMediaElement {}
export class HTMLVideoElement extends HTMLMediaElement {
  get videoWidth() {
    return this.player?.videoWidth ?? 0;
  }
  get videoHeight() {
    return this.player?.videoHeight ?? 0;
  }
  getVideoPlaybackQuality() {
    const totalVideoFrames = this.player?.shownFrames ?? 0;
    return { creationTime: performance.now(), totalVideoFrames, droppedVideoFrames: 0, corruptedVideoFrames: 0 };
  }
  requestVideoFrameCallback(callback) {
    return this.player?.onFrame(callback) ?? 0;
  }
  /** Not of the standard: what `drawImage` draws. */
  pixels() {
    return this.player?.pixels() ?? null;
  }
}

const elementTypes = {
  a: HTMLAnchorElement,
  audio: HTMLAudioElement,
  body: HTMLBodyElement,
  button: HTMLButtonElement,
  canvas: HTMLCanvasElement,
  div: HTMLDivElement,
  head: HTMLHeadElement,
  html: HTMLHtmlElement,
  iframe: HTMLIFrameElement,
  input: HTMLInputElement,
  link: HTMLLinkElement,
  meta: HTMLMetaElement,
  script: HTMLScriptElement,
  span: HTMLSpanElement,
  video: HTMLVideoElement,
};

export class Document extends Node {
  nodeType = Node.DOCUMENT_NODE;
  nodeName = '#document';
  readyState = 'loading';
  currentScript = null;
  visibilityState = 'visible';
  hidden = false;
  cookie = '';
  characterSet = 'UTF-8';
  contentType = 'text/html';
  compatMode = 'CSS1Compat';

  /** @param {string} url Address of the page; relative addresses are resolved against it. */
  constructor(url = 'about:blank') {
    super();
    this.URL = url;
    this.documentURI = url;
    this.baseURI = url;
  }
  get defaultView() {
    return globalThis;
  }
  get location() {
    return globalThis.location;
  }
  get documentElement() {
    return this.children[0] ?? null;
  }
  get head() {
    return this.querySelector('head');
  }
  get body() {
    return this.querySelector('body');
  }
  get title() {
    return this.querySelector('title')?.textContent ?? '';
  }
  get scripts() {
    return this.getElementsByTagName('script');
  }
  getElementById(id) {
    return descendants(this).find((element) => element.id === id) ?? null;
  }
  createElement(name) {
    const localName = String(name).toLowerCase();
    const element = new (elementTypes[localName] ?? HTMLElement)(localName);
    element.ownerDocument = this;
    return element;
  }
  createElementNS(namespace, name) {
    if (namespace === htmlNamespace) return this.createElement(name);
    const element = new Element(name, namespace);
    element.ownerDocument = this;
    return element;
  }
  createTextNode(data) {
    return own(new Text(String(data)), this);
  }
  createComment(data) {
    return own(new Comment(String(data)), this);
  }
  createDocumentFragment() {
    return own(new DocumentFragment(), this);
  }
  hasFocus() {
    return true;
  }
}

/** The names a page expects on its global object. */
export const interfaces = {
  Node,
  CharacterData,
  Text,
  Comment,
  DocumentFragment,
  Document,
  Element,
  HTMLElement,
  HTMLHtmlElement,
  HTMLHeadElement,
  HTMLBodyElement,
  HTMLDivElement,
  HTMLSpanElement,
  HTMLMetaElement,
  HTMLLinkElement,
  HTMLAnchorElement,
  HTMLButtonElement,
  HTMLInputElement,
  HTMLScriptElement,
  HTMLIFrameElement,
  HTMLCanvasElement,
  HTMLMediaElement,
  HTMLAudioElement,
  HTMLVideoElement,
};

/**
 * Builds the document of a page.
 * @param {string} html Its source.
 * @param {string} url Its address.
 */
export function parseDocument(html, url) {
  const document = new Document(url);
  for (const child of parse(html).childNodes) {
    const node = fromParse5(child, document);
    if (node) document.appendChild(node);
  }
  return document;
}

function own(node, document) {
  node.ownerDocument = document;
  return node;
}

function toNode(parent, value) {
  return value instanceof Node ? value : own(new Text(String(value)), parent.ownerDocument);
}

function sibling(node, distance) {
  const siblings = node.parentNode?.childNodes ?? [];
  const at = siblings.indexOf(node);
  return at < 0 ? null : (siblings[at + distance] ?? null);
}

function descendants(root) {
  return root.childNodes.flatMap((node) => (node instanceof Element ? [node, ...descendants(node)] : []));
}

function fromParse5(source, document) {
  switch (source.nodeName) {
    case '#documentType':
      return null;
    case '#text':
      return document.createTextNode(source.value);
    case '#comment':
      return document.createComment(source.data);
  }
  const element = document.createElementNS(source.namespaceURI, source.tagName);
  for (const { name, value } of source.attrs) element.setAttribute(name, value);
  for (const child of source.childNodes) {
    const node = fromParse5(child, document);
    if (node) element.appendChild(node);
  }
  return element;
}

function toParse5(node) {
  if (node instanceof Text) return { nodeName: '#text', value: node.data };
  if (node instanceof Comment) return { nodeName: '#comment', data: node.data };
  return {
    nodeName: node.localName,
    tagName: node.localName,
    namespaceURI: node.namespaceURI,
    attrs: node.attributes,
    childNodes: node.childNodes.map(toParse5),
  };
}

/**
 * Compiles a list of selectors to a predicate. It knows type, `#id`, `.class`, `[attribute]` and `[attribute=value]`,
 * and the descendant and child combinators: what the tests use.
 */
function compile(selectors) {
  const alternatives = selectors.split(',').map((selector) => {
    const parts = selector
      .trim()
      .replace(/\s*>\s*/g, ' > ')
      .split(/\s+/);
    const compounds = [];
    let combinator = null;
    for (const part of parts) {
      if (part === '>') {
        combinator = '>';
        continue;
      }
      compounds.unshift({ matches: compileCompound(part), combinator });
      combinator = ' ';
    }
    return compounds;
  });
  return (element) => alternatives.some((compounds) => matchesFrom(element, compounds, 0));
}

function matchesFrom(element, compounds, at) {
  const { matches, combinator } = compounds[at];
  if (!matches(element)) return false;
  if (at === compounds.length - 1) return true;
  for (let node = element.parentNode; node instanceof Element; node = node.parentNode) {
    if (matchesFrom(node, compounds, at + 1)) return true;
    if (combinator === '>') return false;
  }
  return false;
}

function compileCompound(text) {
  const tokens = text.match(/\*|[#.]?[\w-]+|\[[^\]]+\]/g);
  if (tokens === null || tokens.join('') !== text)
    throw new DOMException(`Selector ${text} is not known here`, 'SyntaxError');
  const checks = tokens.map((token) => {
    if (token === '*') return () => true;
    if (token[0] === '#') return (element) => element.id === token.slice(1);
    if (token[0] === '.') return (element) => element.classList.contains(token.slice(1));
    if (token[0] === '[') {
      const [, name, value] = /^\[([\w-]+)(?:=["']?(.*?)["']?)?\]$/.exec(token) ?? [];
      return (element) => (value === undefined ? element.hasAttribute(name) : element.getAttribute(name) === value);
    }
    return (element) => element.localName === token.toLowerCase();
  });
  return (element) => checks.every((check) => check(element));
}
