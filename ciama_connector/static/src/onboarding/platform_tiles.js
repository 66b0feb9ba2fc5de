/** The platforms as tiles with their logos; radio buttons underneath, so that the keyboard
 * and screen readers know them. */

import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {RadioField, radioField} from "@web/views/fields/radio/radio_field";

export class PlatformTiles extends RadioField {
    static template = "ciama_connector.PlatformTiles";

    logo(code) {
        return `/ciama_connector/static/img/platforms/${code}.svg`;
    }
}

registry.category("fields").add("ciama_platform_tiles", {
    ...radioField,
    component: PlatformTiles,
    displayName: _t("Platforms by Logo"),
    supportedTypes: ["selection"],
});
