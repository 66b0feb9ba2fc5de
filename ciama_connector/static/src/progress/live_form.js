/** A form that follows what the jobs do. */

import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {useLive} from "../live/live";

class LiveFormController extends FormController {
    setup() {
        super.setup();
        useLive(() => this.reloadQuietly());
    }

    /** What a person is editing stays as it is. */
    async reloadQuietly() {
        const {root} = this.model;
        if (root.resId && !(await root.isDirty())) {
            await root.load();
        }
    }
}

registry.category("views").add("ciama_live_form", {
    ...formView,
    Controller: LiveFormController,
});
