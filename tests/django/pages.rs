//! What somebody does in a browser: filling in, choosing a file, clicking.

use serde_json::json;

use crate::support::browser::Browser;

/// Fills in the field that a selector finds.
#[track_caller]
pub(super) fn fill(browser: &Browser, field: &str, value: &str) {
    let (field, value) = (json!(field), json!(value));
    browser.evaluate(&format!(
        "(() => {{
           const field = document.querySelector({field});
           field.value = {value};
           field.dispatchEvent(new Event('input', {{ bubbles: true }}));
           field.dispatchEvent(new Event('change', {{ bubbles: true }}));
         }})()"
    ));
}

/// Chooses a file, which the field that a selector finds then has.
#[track_caller]
pub(super) fn choose_file(browser: &Browser, field: &str, name: &str, contents: &str) {
    let (field, name, contents) = (json!(field), json!(name), json!(contents));
    browser.evaluate(&format!(
        "(() => {{
           const chosen = new DataTransfer();
           chosen.items.add(new File([{contents}], {name}));
           document.querySelector({field}).files = chosen.files;
         }})()"
    ));
}

/// Opens an address.
#[track_caller]
pub(super) fn open(browser: &Browser, url: &str) {
    browser.evaluate("window.left = true");
    browser.open(url);
    wait_for_another(browser);
}

/// Clicks at what a selector finds, and waits for the page to which that leads.
#[track_caller]
pub(super) fn follow(browser: &Browser, link: &str) {
    let link = json!(link);
    browser.evaluate(&format!(
        "window.left = true; document.querySelector({link}).click()"
    ));
    browser.wait_for_load();
    wait_for_another(browser);
}

/// Waits until the page that was marked as left is no longer in view: the page whose load was
/// waited for may have been an earlier one.
#[track_caller]
fn wait_for_another(browser: &Browser) {
    while browser.evaluate("window.left === true") == true {
        browser.wait_for_load();
    }
}

/// Logs in with the form that is shown.
#[track_caller]
pub(super) fn log_in(browser: &Browser) {
    fill(browser, "input[name=username]", USER);
    fill(browser, "input[name=password]", PASSWORD);
    follow(browser, "form [type=submit]");
}

/// Where the page is.
#[track_caller]
pub(super) fn path(browser: &Browser) -> String {
    let path = browser.evaluate("location.pathname");
    path.as_str().unwrap().to_owned()
}

/// The page is whole: whatever it is made of was found.
#[track_caller]
pub(super) fn assert_whole(browser: &Browser) {
    let missing = browser.evaluate(
        "performance.getEntriesByType('resource')
           .filter((entry) => entry.responseStatus >= 400)
           .map((entry) => entry.responseStatus + ' ' + entry.name).join()",
    );
    assert_eq!(missing, "");
    let styles = browser.evaluate("document.styleSheets.length");
    assert!(styles.as_u64().unwrap() > 0, "no style sheets");
}

/// Who may do everything.
pub(super) const USER: &str = "admin";

/// By which the server knows that.
pub(super) const PASSWORD: &str = "a-long-pass-7";
