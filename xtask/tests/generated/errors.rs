//! `errors.md`: every code that a refusal may carry, with its sentence. A code means one thing, so it is named in one
//! place, and the sentence is that of the variant which the code belongs to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use syn::{
    Arm, Attribute, Expr, ExprLit, ImplItem, Item, ItemEnum, ItemImpl, ItemMod, Lit, Pat, Stmt,
    Type,
};

/// Where a code stands and what it says.
struct Place {
    path: String,
    sentence: String,
}

#[test]
fn every_code_is_listed_and_named_once() {
    let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    visit(
        &xtask::run::root().join("crates"),
        "crates",
        &mut |path, text| {
            for (code, sentence) in codes(text) {
                places.entry(code).or_default().push(Place {
                    path: path.to_owned(),
                    sentence,
                });
            }
        },
    );
    let doubled: Vec<String> = places
        .iter()
        .filter(|(_, found)| found.len() > 1)
        .map(|(code, found)| {
            let paths: Vec<&str> = found.iter().map(|place| &*place.path).collect();
            format!("{code}: {}", paths.join(", "))
        })
        .collect();
    assert!(
        doubled.is_empty(),
        "a code is given in two places\n  {}",
        doubled.join("\n  ")
    );
    let silent: Vec<&str> = places
        .iter()
        .filter(|(_, found)| found[0].sentence.is_empty())
        .map(|(code, _)| code.as_str())
        .collect();
    assert!(
        silent.is_empty(),
        "no sentence was found for a code\n  {}",
        silent.join("\n  ")
    );
    crate::page("errors.md", &text(&places));
}

fn text(places: &BTreeMap<String, Vec<Place>>) -> String {
    let mut text = String::from(
        "# Refusal codes\n\nA refusal carries a stable code and a sentence. Where a value stands in the sentence, there is `…`.\n\n| code | sentence | where |\n| --- | --- | --- |\n",
    );
    for (code, found) in places {
        let Place { path, sentence } = &found[0];
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{code}` | {sentence} | `{path}` |");
    }
    text
}

/// The codes in the bodies of functions called `code`, each with the sentence of its variant; tests aside.
fn codes(text: &str) -> Vec<(String, String)> {
    let Ok(file) = syn::parse_file(text) else {
        return Vec::new();
    };
    let mut sentences = BTreeMap::new();
    let mut found = Vec::new();
    walk(&file.items, &mut |item| match item {
        Item::Enum(one) => of_variants(one, &mut sentences),
        Item::Struct(one) => {
            if let Some(sentence) = said(&one.attrs) {
                sentences.insert((one.ident.to_string(), String::new()), sentence);
            }
        }
        _ => {}
    });
    walk(&file.items, &mut |item| match item {
        Item::Impl(one) => of_impl(one, &sentences, &mut found),
        Item::Const(one) if one.ident == "CHECKS" => of_rows(&one.expr, &mut found),
        _ => {}
    });
    found
}

/// The rows of a list of rules: a call each, with the code first and the sentence third.
fn of_rows(list: &Expr, found: &mut Vec<(String, String)>) {
    let Expr::Reference(list) = list else { return };
    let Expr::Array(list) = list.expr.as_ref() else {
        return;
    };
    for row in &list.elems {
        let Expr::Call(row) = row else { continue };
        if let (Some(Some(code)), Some(Some(sentence))) =
            (row.args.get(0).map(literal), row.args.get(2).map(literal))
        {
            found.push((code, plain(&sentence)));
        }
    }
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

type Sentences = BTreeMap<(String, String), String>;

fn walk(items: &[Item], work: &mut impl FnMut(&Item)) {
    for item in items {
        match item {
            Item::Mod(ItemMod {
                content: Some((_, inner)),
                attrs,
                ..
            }) if !attrs
                .iter()
                .any(|attribute| attribute.path().is_ident("cfg")) =>
            {
                walk(inner, work);
            }
            _ => work(item),
        }
    }
}

fn of_variants(one: &ItemEnum, sentences: &mut Sentences) {
    for variant in &one.variants {
        let documented = || doc(&variant.attrs);
        if let Some(sentence) = said(&variant.attrs).or_else(documented) {
            sentences.insert((one.ident.to_string(), variant.ident.to_string()), sentence);
        }
    }
}

/// What `#[error("…")]` says, each value as `…`.
fn said(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("error"))?;
    let tokens = attribute.meta.require_list().ok()?.tokens.clone();
    let first = tokens.into_iter().next()?.to_string();
    let Ok(Lit::Str(text)) = syn::parse_str::<Lit>(&first) else {
        return None;
    };
    Some(plain(&text.value()))
}

/// The comment of a variant whose sentence is put together at run time.
fn doc(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("doc"))?;
    match &attribute.meta.require_name_value().ok()?.value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    }
}

fn plain(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        shown.push_str(before);
        shown.push('…');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    shown.push_str(rest);
    shown.replace('|', "/").replace('\n', " ")
}

fn of_impl(one: &ItemImpl, sentences: &Sentences, found: &mut Vec<(String, String)>) {
    let Type::Path(path) = &*one.self_ty else {
        return;
    };
    let name = path
        .path
        .segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default();
    let bodies = one.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "code" => Some(&function.block),
        _ => None,
    });
    for body in bodies {
        if let [Stmt::Expr(expression, _)] = body.stmts.as_slice() {
            of_expression(expression, (&name, ""), sentences, found);
        }
    }
}

fn of_expression(
    expression: &Expr,
    (owner, variant): (&str, &str),
    sentences: &Sentences,
    found: &mut Vec<(String, String)>,
) {
    match expression {
        Expr::Lit(literal) => {
            let Lit::Str(code) = &literal.lit else { return };
            let code = code.value();
            if is_code(&code) && !found.iter().any(|(known, _)| *known == code) {
                found.push((code, sentence_of(owner, variant, sentences)));
            }
        }
        Expr::Match(one) => {
            for Arm { pat, body, .. } in &one.arms {
                // A match may be on something that the refusal holds.
                let (of, variant) = variant_of(pat).unwrap_or((None, variant.to_owned()));
                let of = of.filter(|name| name != "Self");
                let known = of.filter(|of| sentences.contains_key(&(of.clone(), variant.clone())));
                let owner = known.as_deref().unwrap_or(owner);
                of_expression(body, (owner, &variant), sentences, found);
            }
        }
        Expr::If(one) => {
            for statement in &one.then_branch.stmts {
                if let Stmt::Expr(inner, _) = statement {
                    of_expression(inner, (owner, variant), sentences, found);
                }
            }
            if let Some((_, otherwise)) = &one.else_branch {
                of_expression(otherwise, (owner, variant), sentences, found);
            }
        }
        Expr::Block(one) => {
            for statement in &one.block.stmts {
                if let Stmt::Expr(inner, _) = statement {
                    of_expression(inner, (owner, variant), sentences, found);
                }
            }
        }
        _ => {}
    }
}

/// The sentence of a variant; else that of the whole type, or the only one that the type has.
fn sentence_of(owner: &str, variant: &str, sentences: &Sentences) -> String {
    let get = |variant: &str| {
        sentences
            .get(&(owner.to_owned(), variant.to_owned()))
            .cloned()
    };
    let only = || {
        let mut all = sentences.iter().filter(|((of, _), _)| of == owner);
        let first = all.next()?.1.clone();
        all.next().is_none().then_some(first)
    };
    get(variant)
        .or_else(|| get(""))
        .or_else(only)
        .unwrap_or_default()
}

/// The first variant that a pattern names, with the name before it.
fn variant_of(pattern: &Pat) -> Option<(Option<String>, String)> {
    let last = |path: &syn::Path| {
        let mut names = path
            .segments
            .iter()
            .rev()
            .map(|segment| segment.ident.to_string());
        let variant = names.next()?;
        Some((names.next(), variant))
    };
    match pattern {
        Pat::Path(one) => last(&one.path),
        Pat::TupleStruct(one) => last(&one.path),
        Pat::Struct(one) => last(&one.path),
        Pat::Or(one) => variant_of(one.cases.first()?),
        Pat::Reference(one) => variant_of(&one.pat),
        Pat::Paren(one) => variant_of(&one.pat),
        _ => None,
    }
}

fn is_code(word: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    word.split_once('/')
        .is_some_and(|(area, rest)| plain(area) && plain(rest))
}

fn visit(folder: &Path, name: &str, work: &mut impl FnMut(&str, &str)) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = format!(
            "{name}/{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        );
        if path.is_dir() {
            visit(&path, &name, work);
        } else if name.contains("/src/") && name.ends_with(".rs") {
            work(&name, &std::fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

#[test]
fn codes_are_found_with_the_sentence_of_their_variant() {
    let text = "enum X {\n #[error(\"No {what}: look.\")] A,\n #[error(\"Not b.\")] B,\n /// Said elsewhere.\n C,\n}\nimpl Refuse for X {\n fn code(&self) -> &'static str {\n match self {\n Self::A => \"a/b-c\",\n Self::B { .. } => \"a/d\",\n Self::C(_) => \"a/e\",\n }\n }\n}\nfn f() { g(\"x/y\"); }\n";
    let pair = |code: &str, sentence: &str| (code.to_owned(), sentence.to_owned());
    assert_eq!(
        codes(text),
        [
            pair("a/b-c", "No …: look."),
            pair("a/d", "Not b."),
            pair("a/e", "Said elsewhere."),
        ]
    );
}
