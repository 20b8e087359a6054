// A person at the door without a browser: plain fetch, a cookie jar, and the forms as the pages write them.
import { freshCode } from "./totp.mjs";

export class Visitor {
  constructor(person) {
    Object.assign(this, { person, cookies: new Map(), seen: [] });
  }

  /** Goes on from an address until a redirect leaves the door, pressing each page's main button; gives that address. */
  async walk(start, { cancel = false } = {}) {
    const door = new URL(start).origin;
    let next = { url: new URL(start) };
    for (let step = 0; step < 30; step += 1) {
      const answer = await this.fetch(next);
      const location = answer.headers.get("location");
      if (location) {
        const target = new URL(location, next.url);
        if (target.origin !== door) return target;
        next = { url: target };
        continue;
      }
      const html = await answer.text();
      const page = html.match(/<body[^>]* data-page="([^"]+)"/)?.[1];
      this.seen.push(page);
      if (page.includes("error")) throw new Error(`an error page at ${next.url}: ${plain(html)}`);
      const form = mainForm(html, cancel ? "cancel" : null);
      if (!form) {
        const onward = refresh(html) ?? sessionLink(html);
        if (!onward) throw new Error(`the page ${page} has no way on: ${plain(html)}`);
        next = { url: new URL(onward, next.url) };
        continue;
      }
      const target = new URL(form.action || next.url, next.url);
      // A form that is posted to the app carries its answer: it is given as if it had come in the query.
      if (target.origin !== door) {
        target.search = new URLSearchParams(form.hidden);
        return target;
      }
      next = await this.filled(form, next.url);
    }
    throw new Error(`thirty pages and not there: ${this.seen.join(" > ")}`);
  }

  /** One page, as this person sees it: its status and its `data-page`. */
  async look(url) {
    let next = { url: new URL(url) };
    for (let step = 0; step < 10; step += 1) {
      const answer = await this.fetch(next);
      const location = answer.headers.get("location");
      if (!location) return { status: answer.status, page: (await answer.text()).match(/ data-page="([^"]+)"/)?.[1] };
      next = { url: new URL(location, next.url) };
    }
    throw new Error(`ten redirects from ${url}`);
  }

  /** Keeps a cookie that another program gave. */
  keep(cookie) {
    const at = cookie.indexOf("=");
    this.cookies.set(cookie.slice(0, at), cookie.slice(at + 1));
  }

  async fetch({ url, body }) {
    const headers = { cookie: [...this.cookies].map((pair) => pair.join("=")).join("; "), accept: "text/html" };
    if (body) Object.assign(headers, { origin: url.origin, "content-type": "application/x-www-form-urlencoded" });
    const answer = await fetch(url, { method: body ? "POST" : "GET", headers, body, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) this.keep(line.split(";")[0]);
    return answer;
  }

  async filled(form, base) {
    const known = { email: this.person.email, password: this.person.password };
    const body = new URLSearchParams(form.hidden);
    for (const name of form.asked) {
      if (known[name]) body.set(name, known[name]);
      if (name === "code") body.set(name, await freshCode(this.person.totp_secret));
      if (name === "factor") body.set(name, "totp");
    }
    if (form.button) body.set(form.button, "");
    return { url: new URL(form.action || base.pathname + base.search, base), body: body.toString() };
  }
}

/** The form of the page's main button, or the one with a button of that name. */
function mainForm(html, named) {
  const main = html.slice(html.indexOf("<main"));
  for (const [whole, attributes, inside] of main.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
    const buttons = [...whole.matchAll(/<button([^>]*)>/g)].map((one) => attributesOf(one[1])).filter((one) => one.type === "submit");
    const wanted = named && buttons.find((one) => one.name === named);
    if (!wanted && !buttons.some((one) => !one.name)) continue;
    const inputs = [...inside.matchAll(/<input([^>]*)>/g)].map((one) => attributesOf(one[1]));
    const hidden = inputs.filter((one) => one.type === "hidden").map((one) => [one.name, one.value ?? ""]);
    const asked = inputs.filter((one) => one.type !== "hidden" && one.name).map((one) => one.name);
    return { action: attributesOf(attributes).action, hidden, asked, button: wanted?.name };
  }
  return null;
}

function attributesOf(text) {
  return Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescaped(value)]));
}

function refresh(html) {
  const found = html.match(/<meta http-equiv="refresh" content="\d+;\s*url=([^"]+)"/i);
  return found ? unescaped(found[1]) : null;
}

/** A page that only tells something has its way on as a link in its actions. */
function sessionLink(html) {
  const found = html.match(/<p class="dw-actions">\s*<a[^>]*href="([^"]+)"/);
  return found ? unescaped(found[1]) : null;
}

function unescaped(text) {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&#34;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#38;", "&").replaceAll("&amp;", "&");
}

function plain(html) {
  return html.replace(/<(style|script)[\s\S]*?<\/\1>/g, " ").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").slice(0, 600);
}
