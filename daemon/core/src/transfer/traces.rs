//! What an attempt leaves on the server, noted before it is done: durable before the command that
//! does it is sent.

use super::attempt::Attempt;
use super::staging;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::DeleteFile;
use crate::at::quote::RemotePath;

impl Attempt {
    /// Binds the staging name to the content that is to be sent. A staging name that an earlier
    /// attempt left with another content is noted for removal, and never continued.
    pub fn bind_to_content(&mut self) {
        if self.traces.content == self.local.content && self.traces.staging.is_some() {
            return;
        }
        let content = self.local.content.as_deref();
        let tag = content.and_then(staging::content_tag).map(str::to_owned);
        let tag = tag.unwrap_or_else(|| staging::transfer_tag(self.transfers.seed, self.id.0));
        self.staging = self.name_with(&tag);
        self.backup = staging::backup_name(&self.staging);
        if self.traces.content == self.local.content {
            return;
        }
        self.traces.content = None;
        self.traces.confirmed = 0;
        self.leave_staging();
    }

    /// The staging name of before is noted for removal, unless it is that of now.
    fn leave_staging(&mut self) {
        let left = self.traces.staging.take();
        let left = left.filter(|left| *left != self.staging);
        let now = self.link().now();
        let noted = (self.id, self.server.clone(), left, self.traces.clone(), now);
        let queue = &self.transfers.queue;
        queue.change_with(noted, |queue, (id, server, left, traces, now)| {
            queue.change(id, |transfer| transfer.traces = traces);
            if let Some(left) = left {
                let facts = queue.chores.add(&server, left, None, now);
                queue.facts.extend(facts);
            }
        });
    }

    /// The staging name with this tag. Where names of the server's form do not tell contents apart
    /// and another transfer uses this one, it is a name of the usual form.
    fn name_with(&self, tag: &str) -> String {
        let name = staging::staging_name(&self.form, &self.remote, tag);
        let asked = (self.id, self.server.clone(), name.clone());
        let queue = &self.transfers.queue;
        let is_taken = !self.form.contains(staging::NAME) || !staging::has_tag(&self.form);
        let is_taken = is_taken
            && queue.get_with(asked, |queue, (id, server, name)| {
                queue.is_staging_of_another(id, &server, &name)
            });
        match is_taken {
            true => {
                let tag = staging::transfer_tag(self.transfers.seed, self.id.0);
                staging::staging_name(staging::FORM, &self.remote, &tag)
            }
            false => name,
        }
    }

    /// Gives the file another staging name: the server may still hold the one that an earlier session
    /// wrote to. That one is removed later, and nothing of it is continued.
    pub fn change_staging(&mut self) {
        let attempts = u64::from(self.attempts()) << 48;
        let tag = staging::transfer_tag(self.transfers.seed ^ attempts, self.id.0);
        let form = match staging::has_tag(&self.form) {
            true => self.form.as_str(),
            false => staging::FORM,
        };
        self.staging = staging::staging_name(form, &self.remote, &tag);
        self.backup = staging::backup_name(&self.staging);
        self.traces.confirmed = 0;
        self.leave_staging();
    }

    /// Whether an earlier attempt of this transfer may have sent bytes of whatever content.
    pub fn has_sent(&self) -> bool {
        self.traces.staging.is_some() || self.traces.partial
    }

    /// Bytes from `start` on are about to be sent: the staging name may exist from now on. Stored.
    ///
    /// # Errors
    /// It cannot be stored; `Cancelled` or `Stopping`.
    pub async fn store_staging(&mut self, start: u64) -> Result<(), Failure> {
        self.check_abort()?;
        self.traces.content = self.local.content.clone();
        self.traces.confirmed = start;
        if !self.options.atomic {
            self.traces.partial = true;
            self.store_traces().await?;
            self.begin_moving();
            return Ok(());
        }
        self.traces.staging = Some(self.staging.clone());
        let name = (self.server.clone(), self.staging.clone());
        let queue = &self.transfers.queue;
        queue.change_with(name, |queue, (server, staging)| {
            let facts = queue.chores.take_over(&server, &staging);
            queue.facts.extend(facts);
        });
        self.store_traces().await?;
        self.begin_moving();
        Ok(())
    }

    /// So many bytes, from the begin of the content, were sent at most. Stored with what is stored
    /// next.
    pub fn confirm(&mut self, bytes: u64) {
        self.traces.confirmed = bytes;
        let confirmed = (self.id, bytes);
        let queue = &self.transfers.queue;
        queue.change_with(confirmed, |queue, (id, bytes)| {
            if let Some(transfer) = queue.get_mut(id) {
                transfer.traces.confirmed = bytes;
            }
        });
    }

    /// The file that was sent is not what it should be: it is removed from the server, unless it
    /// bears its final name, and no attempt continues it.
    ///
    /// # Errors
    /// With a scope of `Session` or more.
    pub async fn drop_sent(&mut self, path: RemotePath) -> Result<(), Failure> {
        self.confirm(0);
        if !self.options.atomic {
            return Ok(());
        }
        match self.link().send(DeleteFile { path }).await {
            Err(failure) if failure.scope > Scope::Command => Err(failure),
            _ => Ok(()),
        }
    }

    /// So many bytes are about to be renamed to their final name; `None`: the rename is known not
    /// to have taken place. Stored.
    ///
    /// # Errors
    /// It cannot be stored.
    pub async fn store_renaming(&mut self, size: Option<u64>) -> Result<(), Failure> {
        self.traces.renaming = size;
        self.store_traces().await
    }

    /// A rename to the final name is about to be sent, or its result is not known (`true`); or it is
    /// known not to have taken place. A Cancel asks the server first in the former case.
    pub fn note_doubt(&self, in_doubt: bool) {
        self.note(in_doubt, |transfer, in_doubt| transfer.in_doubt = in_doubt);
    }

    /// The file that is replaced is about to get its backup name (`true`), or bears it no more.
    /// Stored.
    ///
    /// # Errors
    /// It cannot be stored.
    pub async fn store_backup(&mut self, exists: bool) -> Result<(), Failure> {
        self.traces.backup = exists.then(|| self.backup.clone());
        self.store_traces().await
    }

    /// The backup name is known to be gone. Stored with whatever comes next.
    pub fn forget_backup(&mut self) {
        self.traces.backup = None;
        self.put_traces();
    }

    async fn store_traces(&self) -> Result<(), Failure> {
        self.put_traces();
        self.transfers.sync().await
    }

    fn put_traces(&self) {
        let traces = (self.id, self.traces.clone());
        let queue = &self.transfers.queue;
        queue.change_with(traces, |queue, (id, traces)| {
            queue.change(id, |transfer| transfer.traces = traces);
        });
    }
}
