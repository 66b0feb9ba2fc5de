/** Mappings: whoever says what a value means is asked at once whether the orders that waited
 * for it are to be imported. */

import {Component, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {formView} from "@web/views/form/form_view";
import "@ciama_connector/live/live";

/** Show `message` with a button that imports the `count` orders that waited for `ids`. */
function offer(env, {message, model, ids, count}) {
    const {notification, orm, action} = env.services;
    const close = notification.add(message, {
        type: "success",
        sticky: true,
        buttons: [
            {
                name: _t("Import Waiting Orders (%s)", count),
                primary: true,
                onClick: async () => {
                    close();
                    action.doAction(await orm.call(model, "action_free_orders", [ids]));
                },
            },
        ],
    });
}

registry.category("actions").add("ciama_offer", (env, {params}) => {
    offer(env, params);
    return params.next;
});

const offering = (Controller) =>
    class extends Controller {
        async onRecordSaved(record, ...rest) {
            await super.onRecordSaved(record, ...rest);
            const {mapped, waiting_count: count, label, value} = record.data;
            if (mapped && count) {
                const message = _t('"%s" is mapped.', label || value);
                const ids = [record.resId];
                offer(this.env, {message, model: record.resModel, ids, count});
            }
        }
    };

/** A suggestion in a list, with what it is derived from as its tooltip. */
class Suggestion extends Component {
    static template = xml`<span t-att-title="title" t-out="data[props.name]"/>`;
    static props = {...standardFieldProps};

    get data() {
        return this.props.record.data;
    }

    get title() {
        return [this.data[this.props.name], this.data.suggestion_reason].filter(Boolean).join("\n");
    }
}

registry.category("fields").add("ciama_suggestion", {
    component: Suggestion,
    supportedTypes: ["char"],
    fieldDependencies: [{name: "suggestion_reason", type: "char"}],
});

const views = registry.category("views");
const liveList = views.get("ciama_live_list");
views.add("ciama_mapping_list", {...liveList, Controller: offering(liveList.Controller)});
views.add("ciama_mapping_form", {...formView, Controller: offering(formView.Controller)});
