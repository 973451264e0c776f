/**
 * In the place of testdriver-vendor.js, by which testdriver.js is attached to what automates a browser. Only what can be
 * done in earnest here is attached; everything else keeps testdriver.js's own answer, a rejection.
 */

/** Permissions as the page's tests have set them: name → `granted`, `denied` or `prompt`. */
export const permissions = new Map();

export function installTestDriver() {
  const driver = globalThis.test_driver_internal;
  driver.in_automation = true;
  // There is no layout in which something could lie above the element.
  globalThis.test_driver.click = async (element) => element.click();
  driver.set_permission = async ({ descriptor, state }) => {
    permissions.set(descriptor.name, state);
  };
}
