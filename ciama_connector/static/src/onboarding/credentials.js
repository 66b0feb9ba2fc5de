/** The credentials of a shop, each with its own input: a table would hide where to type. */

import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

export class Credentials extends Component {
    static template = "ciama_connector.Credentials";
    static props = {...standardFieldProps};

    get rows() {
        return this.props.record.data[this.props.name].records;
    }

    placeholder({secret, is_set: isSet}) {
        return secret && isSet ? _t("Set. Type to replace it.") : "";
    }

    onChange(row, ev) {
        row.update({value: ev.target.value.trim()});
    }
}

registry.category("fields").add("ciama_credentials", {
    component: Credentials,
    displayName: _t("Credentials"),
    supportedTypes: ["one2many"],
    relatedFields: [
        {name: "label", type: "char"},
        {name: "help", type: "char"},
        {name: "secret", type: "boolean"},
        {name: "required", type: "boolean"},
        {name: "is_set", type: "boolean"},
        {name: "value", type: "char", readonly: false},
    ],
});
